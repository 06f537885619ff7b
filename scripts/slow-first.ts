import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take half a minute and more, the slowest first. `npm test` prints what each takes. */
export const slow: readonly string[] = [
  "tests/conformance/kafka/one-broker-databases.test.ts",
  "tests/fault-injector/kafka/audit.test.ts",
  "packages/cli/test/init.test.ts",
  "packages/cli/test/signals.test.ts",
  "tests/conformance/test/pglite-p8.test.ts",
  "apps/demo/test/replay.test.ts",
  "packages/store-postgres/test/pglite.test.ts",
  "apps/demo/test/demo.test.ts",
  "tests/codegen-test/src/both-ways.test.ts",
  "packages/transport-kafkajs/test/leader-kills.kafka.test.ts",
];

/** Runs them first: a slow file that begins last runs alone. A clean checkout knows nothing of how long files took. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const found = slow.findIndex((path) => moduleId.endsWith(path));
      return found === -1 ? slow.length : found;
    };
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
