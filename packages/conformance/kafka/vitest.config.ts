import { defineConfig } from "vitest/config";

const conditions = ["@keyline/source"];

// The promises on a real broker take minutes: a run of their own, `npm run conformance:kafka`.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ["packages/conformance/kafka/**/*.test.ts"], testTimeout: 30_000 },
});
