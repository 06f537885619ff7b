import { defineConfig } from "vitest/config";

/** Siblings are tested from their sources: no build stands between a change and its test. */
export const conditions = ["@keyline/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/{src,test}/**/*.test.ts",
      "apps/*/{src,test}/**/*.test.ts",
      "scripts/**/*.test.ts",
      "docs/site/test/**/*.test.ts",
    ],
    // Those have a configuration of their own.
    exclude: ["**/node_modules/**", "**/*.browser.test.ts"],
    testTimeout: 30_000,
    // Many wait for processes, brokers and databases: two side by side on two cores.
    maxWorkers: 2,
  },
});
