import { accessSync, constants, readFileSync, statfsSync } from "node:fs";
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
    accessSync(folder, constants.W_OK);
    // A container's may run no programs, and those of PostgreSQL may have to be copied there.
    const runsNothing = /^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync("/proc/mounts", "utf8"));
    return bavail * bsize > roomBytes && !runsNothing ? { TMPDIR: folder } : {};
  } catch {
    return {};
  }
})();

const include = [
  "packages/*/{src,test}/**/*.test.ts",
  "apps/*/{src,test}/**/*.test.ts",
  "scripts/**/*.test.ts",
  "docs/site/test/**/*.test.ts",
];
// Those have a configuration of their own.
const exclude = ["**/node_modules/**", "**/*.browser.test.ts"];

/**
 * Packages whose tests start nothing and change nothing outside of themselves: their files share what they import, of which
 * the AsyncAPI parser and ajv alone take a second to load. That is a quarter of their time.
 */
const sharing =
  "packages/{json-schema,contract,contract-diff,codegen,codegen-test,runtime,proof}/{src,test}/**/*.test.ts";

/** They start a broker. */
const onKafka = "packages/*/test/**/*.kafka.test.ts";

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    env,
    testTimeout: 30_000,
    // Many wait for processes, brokers and databases: two side by side on two cores.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "sharing", include: [sharing], exclude, isolate: false } },
      { extends: true, test: { name: "apart", include, exclude: [...exclude, sharing, onKafka] } },
      { extends: true, test: { name: "on Kafka", include: [onKafka] } },
    ],
  },
});
