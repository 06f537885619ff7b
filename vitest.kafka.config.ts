import { defineConfig } from "vitest/config";
import { SlowFirst } from "./scripts/slow-first.ts";
import { conditions, env } from "./vitest.config.ts";

// What starts brokers of its own takes minutes, most of which it waits: a run of its own.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/test/**/*.kafka.test.ts", "apps/*/kafka/**/*.test.ts", "tests/*/kafka/**/*.test.ts"],
    // Those have a configuration of their own.
    exclude: ["**/node_modules/**", "**/*.whole.test.ts"],
    // More than there are cores: they mostly wait.
    maxWorkers: 3,
    env,
    isolate: false,
    sequence: { sequencer: SlowFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
