// The steps of `npm test`, and those that `npm run test:all` adds.
import { join } from "node:path";
import { type Counts, vitestCounts } from "./counts.ts";
import { roomyFolder } from "./roomy-folder.ts";

/** One step: a command, and how its outcome is counted. */
export interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  /** What it mostly does. One step that computes and one that waits (for brokers, databases, clocks) run side by side. */
  readonly mostly: "computes" | "waits";
  /** The steps whose results it reads. */
  readonly after?: readonly string[];
  /** Reads the counts that the command left behind; without it the step counts as one test. */
  readonly counts?: () => Counts;
}

/** A step that runs when something that it depends on has changed. */
export interface RareCheck extends Check {
  /** What it is remembered by; default its name. */
  readonly id?: string;
  /** Files and folders of the repository. */
  readonly dependsOn: readonly string[];
}

/** The promises and what keeps them. */
const promises = ["packages/runtime/src", "tests/conformance", ":(exclude)tests/conformance/mutants"];

/** What keeps them on Kafka and PostgreSQL. */
const keepers = [
  "packages/runtime/src",
  "packages/kafka/src",
  "packages/transport-kafkajs/src",
  "packages/store-postgres/src",
];

/** Where every step leaves its output and its report; git ignores it, and the next run begins with none. */
export const reports = ".keyline/reports";

/** A name as part of a file's. */
export const slug = (name: string): string => name.replaceAll(/\W+/g, "-");

const computes = (name: string, ...command: Check["command"]): Check => ({ name, command, mostly: "computes" });

/** A run of vitest, counted by its tests. */
function vitest(name: string, config: string, ...args: readonly string[]): Check {
  const file = join(reports, `${slug(name)}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  return {
    ...computes(name, "vitest", "run", "--config", config, ...args, ...reporters),
    counts: () => vitestCounts(file),
  };
}

/** Where the packages lie as packed, for the tests that install them. */
const tarballs = join(process.cwd(), ".keyline/tarballs");

/** After a build: where the packages lie as packed, and that commands are run as they were built. */
const built = { KEYLINE_TARBALLS: tarballs, KEYLINE_BUILT: "true" };

/** What of the tests on real brokers needs no build, and what kills processes; a test that is new is in the step between. */
const onBrokers = { early: ["tests/conformance/", "packages/transport-kafkajs/"], apart: ["tests/chaos/"] };
const others = Object.values(onBrokers).flatMap((folders) => folders.map((folder) => `--exclude=${folder}**`));
const brokers = (name: string, ...args: readonly string[]): Check => ({
  ...vitest(`${name} on real brokers`, "vitest.kafka.config.ts", ...args),
  mostly: "waits",
});

/** Everything that `npm test` holds the repository to, quick findings first. */
export const checks: readonly Check[] = [
  computes("format and lint", "biome", "check", "--error-on-warnings", "."),
  computes("import directions", "turbo", "boundaries"),
  computes("shape", "node", "scripts/shape.ts"),
  computes("words", "node", "scripts/words.ts"),
  computes("types", "npm", "run", "-s", "typecheck"),
  computes("generated code is up to date", "npm", "run", "-s", "generate:check"),
  computes("build", "turbo", "run", "build", "--output-logs=errors-only"),
  { ...computes("packages as packed", "node", "scripts/check-packages.ts", tarballs), after: ["build"] },
  {
    ...vitest("tests", "vitest.config.ts"),
    environment: built,
    after: ["packages as packed"],
  },
  // Three files at a time: they mostly wait.
  brokers("promises and transport", ...onBrokers.early),
  // Copies of an app run as they were built.
  { ...brokers("commands and apps", ...others), environment: { KEYLINE_BUILT: "true" }, after: ["build"] },
  { ...vitest("pages in a browser", "vitest.browser.config.ts"), mostly: "waits" },
  brokers("chaos", ...onBrokers.apart),
  { ...vitest("copies of before and of now", "vitest.alone.config.ts"), mostly: "waits" },
];

/**
 * What runs less often by design, as it takes minutes and seldom finds what the checks above do not: `npm run test:all`, and
 * CI when a file that it depends on has changed since it was green.
 */
export const rareChecks = (seed: number): readonly RareCheck[] => [
  {
    ...vitest("all promises on three brokers", "vitest.whole.config.ts", "tests/conformance"),
    mostly: "waits",
    environment: { KEYLINE_RUNS: "500" },
    dependsOn: [...promises, ...keepers, "dev/kafka-dev"],
  },
  {
    ...vitest(
      "promises and transport by the second client",
      "vitest.kafka.config.ts",
      ...["tests/conformance/kafka/one-broker.test.ts", "packages/transport-kafkajs/"],
    ),
    mostly: "waits",
    environment: { KAFKA_CLIENT: "platformatic" },
    dependsOn: [...promises, ...keepers, "packages/transport-platformatic", "dev/kafka-dev"],
  },
  {
    ...vitest("every place where it runs", "vitest.whole.config.ts", "tests/where-people-are/whole/every-place"),
    environment: built,
    mostly: "waits",
    dependsOn: [
      "tests/where-people-are",
      "packages/kafka",
      "packages/transport-kafkajs",
      "packages/runtime/package.json",
      "dev/tsup-config",
    ],
  },
  {
    ...vitest("the install path", "vitest.whole.config.ts", "tests/where-people-are/whole/install-path"),
    mostly: "waits",
    dependsOn: [
      ...["tests/where-people-are", "packages/cli/template", "packages/cli/src/init", "docs/guides/own-contract.md"],
      ...["scripts/metadata.ts", ".changeset"],
    ],
  },
  {
    ...vitest(
      `random suites, by seed ${seed}`,
      "vitest.config.ts",
      "tests/conformance",
      "tests/codegen-test",
      "tests/hostile",
      "packages/runtime",
    ),
    id: "random suites",
    environment: { KEYLINE_SEED: String(seed), KEYLINE_RUNS: "500" },
    dependsOn: [...promises, "packages/codegen/src", "tests/codegen-test", "tests/hostile", "packages/contract/src"],
  },
  {
    ...vitest("all examples", "vitest.config.ts", "tests/examples"),
    environment: { ...built, KEYLINE_EXAMPLES: "all" },
    after: ["packages as packed"],
    dependsOn: [
      "examples",
      "tests/examples",
      "packages/codegen/src",
      "packages/ops/src",
      "packages/outbox/src",
      ...keepers,
    ],
  },
  {
    ...vitest("examples on Kafka", "vitest.whole.config.ts", "tests/examples/kafka"),
    environment: built,
    mostly: "waits",
    after: ["packages as packed"],
    dependsOn: ["examples", "tests/examples", "packages/ops/src", "packages/outbox/src", ...keepers],
  },
  {
    ...computes("processes of before and of now on a real broker", "npm", "run", "-s", "test:upgrade"),
    mostly: "waits",
    dependsOn: [...keepers, "tests/upgrade"],
  },
  {
    ...computes("mutants", "npm", "run", "-s", "mutants"),
    environment: { ...roomyFolder().env },
    dependsOn: ["packages", "apps", "tests/conformance"],
  },
];
