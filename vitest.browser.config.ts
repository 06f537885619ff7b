import { defineConfig } from "vitest/config";
import { conditions } from "./vitest.config.ts";

// Pages in a real browser, which is Debian's Chromium: one file after the other, for what is measured is measured alone.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["{apps,packages}/*/test/**/*.browser.test.ts", "docs/**/*.browser.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    fileParallelism: false,
    testTimeout: 30_000,
  },
});
