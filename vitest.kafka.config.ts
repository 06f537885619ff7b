import { defineConfig } from "vitest/config";
import { conditions, env } from "./vitest.config.ts";

// The promises on real brokers take minutes and most of the machine: a run of their own, one file after the other.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/{conformance,fault-injector}/kafka/**/*.test.ts", "apps/*/kafka/**/*.test.ts"],
    fileParallelism: false,
    env,
    testTimeout: 30_000,
  },
});
