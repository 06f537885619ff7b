import { cp } from "node:fs/promises";
import { packageConfig } from "@keyline/tsup-config";

export default packageConfig({ index: "src/index.ts" }, async () => {
  for (const folder of ["rules", "errors", "checks", "findings", "operations"]) {
    await cp(`../../docs/${folder}`, `dist/docs/${folder}`, { recursive: true });
  }
});
