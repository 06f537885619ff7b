import { defineConfig } from "vitest/config";
import { conditions, env } from "./vitest.config.ts";

// Copies of two versions that move lanes by the clock: one file at a time.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ["tests/*/alone/**/*.test.ts"], env, fileParallelism: false, testTimeout: 60_000 },
});
