import { packageConfig } from "@keyline/tsup-config";

export default packageConfig({ index: "src/index.ts" });
