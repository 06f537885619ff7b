import { cp } from "node:fs/promises";
import { packageConfig } from "@keyline/tsup-config";

export default packageConfig(
  { index: "src/index.ts" },
  {
    async onSuccess() {
      for (const name of ["rules", "findings"]) await cp(`../../docs/${name}`, `dist/${name}`, { recursive: true });
    },
  },
);
