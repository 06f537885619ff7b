import { packageConfig } from "@keyline/tsup-config";
import { buildStructures } from "./build/structure.js";

export default packageConfig({ index: "src/index.ts", source: "src/source.ts" }, () =>
  buildStructures(new URL("dist/", import.meta.url)),
);
