import { packageConfig } from "@keyline/tsup-config";

export default packageConfig({ index: "src/index.ts", "testing/index": "src/testing/index.ts" });
