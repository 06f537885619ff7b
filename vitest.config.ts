import { defineConfig } from "vitest/config";

// Siblings are tested from their sources: no build stands between a change and its test.
export default defineConfig({
  resolve: { conditions: ["@keyline/source"] },
  ssr: { resolve: { conditions: ["@keyline/source"], externalConditions: ["@keyline/source"] } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "scripts/**/*.test.ts"],
    testTimeout: 30_000,
  },
});
