import { defineConfig } from "vitest/config";
import { canRun } from "./dev/needs/src/index.ts";
import { conditions } from "./vitest.config.ts";

// Pages in a real browser: one file after the other, for what is measured is measured alone.
export default defineConfig(async () => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["{apps,packages,tests,dev}/*/test/**/*.browser.test.ts", "docs/**/*.browser.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Without a browser every test counts as skipped, as no name matches.
    ...((await canRun("browser")) ? {} : { testNamePattern: /^(?!)/ }),
    isolate: false,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}));
