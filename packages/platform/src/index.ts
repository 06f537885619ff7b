export { addresses, createEmbeddedCluster } from "./cluster.js";
export { connect, connectedSettings, kafkaClient } from "./connection.js";
export type { Extension, ExtensionDefinition, ExtensionParts } from "./extension.js";
export {
  createHoldRecorder,
  createHoldsTable,
  type HoldRecord,
  type HoldRecorder,
  readHolds,
} from "./holds.js";
export { appWithServer, projectionApp } from "./projection-app.js";
export { type AppDefinition, type AppProcess, runApp } from "./run-app.js";
export { openStore } from "./store.js";
