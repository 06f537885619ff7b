import { defineConfig } from "vitest/config";
import { roomyFolder } from "./scripts/roomy-folder.ts";
import { SlowFirst } from "./scripts/slow-first.ts";

/** Siblings are tested from their sources: no build stands between a change and its test. */
export const conditions = ["@keyline/source"];

/** Where brokers and databases of tests keep their files. */
export const env = { ...roomyFolder().env };

const include = [
  "packages/*/{src,test}/**/*.test.ts",
  "apps/*/{src,test}/**/*.test.ts",
  "tests/*/{src,test}/**/*.test.ts",
  "dev/*/{src,test}/**/*.test.ts",
  "scripts/**/*.test.ts",
  "docs/site/test/**/*.test.ts",
];
// Those have a configuration of their own.
const exclude = ["**/node_modules/**", "**/*.browser.test.ts", "**/*.kafka.test.ts"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    env,
    include,
    exclude,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many wait for processes, timers and databases: three side by side keep two cores busy.
    maxWorkers: 3,
    // Files share what they import, of which the AsyncAPI parser and ajv alone take a second to load: a third of their time. So a
    // test changes nothing that outlives it, of modules, the environment or the console.
    isolate: false,
    setupFiles: ["./scripts/seeded.ts"],
    sequence: { sequencer: SlowFirst },
  },
});
