import { cp } from "node:fs/promises";
import { packageConfig } from "@keyline/tsup-config";

export default packageConfig(
  { index: "src/index.ts" },
  { onSuccess: () => cp("../../docs/rules", "dist/rules", { recursive: true }) },
);
