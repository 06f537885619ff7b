import { packageConfig } from "@keyline/tsup-config";
import { buildOfficial, officialFiles } from "./build/official.js";
import { buildStructures } from "./build/structure.js";

const dist = new URL("dist/", import.meta.url);

export default packageConfig({ index: "src/index.ts", source: "src/source.ts" }, async () => {
  await buildStructures(dist);
  await buildOfficial(dist);
}, [officialFiles]);
