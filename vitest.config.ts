import { statfsSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** Siblings are tested from their sources: no build stands between a change and its test. */
export const conditions = ["@keyline/source"];

/**
 * Where brokers and databases of tests keep their files: in memory where there is room. Kafka waits for the disk several
 * times for each partition that it makes, and the suites make tens of thousands; with a disk that is most of their time.
 */
export const env = (() => {
  const folder = "/dev/shm";
  const roomBytes = 8 * 2 ** 30;
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > roomBytes ? { TMPDIR: folder } : {};
  } catch {
    return {};
  }
})();

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
    env,
    testTimeout: 30_000,
    // Many wait for processes, brokers and databases: two side by side on two cores.
    maxWorkers: 2,
  },
});
