export { addresses, createEmbeddedCluster } from "./cluster.js";
export { connect, connectedSettings } from "./connection.js";
export { projectionApp } from "./projection-app.js";
export { type AppDefinition, type AppProcess, type RunningApp, runApp, thisProcess } from "./run-app.js";
export { openStore } from "./store.js";
