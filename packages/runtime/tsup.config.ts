import { packageConfig } from "@keyline/tsup-config";

export default packageConfig({
  index: "src/index.ts",
  transport: "src/transport.ts",
  store: "src/store.ts",
  outbox: "src/outbox.ts",
  tracing: "src/tracing.ts",
  tools: "src/tools.ts",
  "codegen/index": "src/codegen/index.ts",
  "memory/index": "src/memory/index.ts",
  "testing/index": "src/testing/index.ts",
});
