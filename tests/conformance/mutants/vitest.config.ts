import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { Change } from "./mutant.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const conditions = ["@keyline/source"];
const changes = JSON.parse(process.env.KEYLINE_MUTANT ?? "[]") as readonly Change[];

/** The tests that are named on the command line, with the sources changed as the environment says. */
export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      transform(code: string, id: string) {
        const [path = ""] = id.split("?");
        const file = relative(root, path);
        const own = changes.filter((change) => change.file === file);
        return own.length === 0 ? null : own.reduce((text, { from, to }) => text.replace(from, () => to), code);
      },
    },
  ],
  test: {
    include: ["{packages,apps,tests,dev}/*/{src,test,kafka}/**/*.test.ts"],
    hookTimeout: 120_000,
    // It keeps what was made of a source as it is, and would give that in the place of what is broken.
    fsModuleCache: false,
  },
});
