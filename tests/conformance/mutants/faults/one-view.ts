import type { Fault } from "../mutant.ts";

const memory = "tests/conformance/test/memory.test.ts";
const memoryP8 = "tests/conformance/test/memory-p8.test.ts";
const onOneBroker = "tests/conformance/kafka/one-broker.test.ts";

/** Two views of one thing, of which one was wrong. */
export const oneView: readonly Fault[] = [
  {
    fault: "`caughtUp` resolves in a rebalance, though the lanes come back unread",
    test: { file: "packages/runtime/test/caught-up.test.ts", title: "has given it its lanes back" },
    broughtBack: {
      file: "packages/runtime/src/group/session.ts",
      from: "} while (!workers.every(lanes.owned.has));",
      to: "} while (workers.length < 0);",
    },
  },
  {
    fault: "what is fetched is counted in records, not in bytes",
    test: { file: memory, title: "memory is bounded in bytes" },
    broughtBack: "a budget of bytes is not kept",
  },
  {
    fault: "a consumer that has ended counts as started, and as caught up",
    test: { file: memory, title: "a member that ends later says why" },
    broughtBack: "a member that has ended counts as started, and as caught up over no lanes",
  },
  {
    fault: "lag and health count what lies behind an open transaction as unread",
    test: {
      file: "packages/transport-kafkajs/test/one-broker.kafka.test.ts",
      title: "ends at a transaction that stays open, and goes on behind one that ends",
    },
    broughtBack: {
      file: "packages/kafka/src/client/topics.ts",
      from: "latest, readCommitted);",
      to: "latest, readUncommitted);",
    },
  },
  {
    fault: "a cause behind an open transaction counts as missing",
    test: { file: onOneBroker, title: "a cause behind a transaction that stays open is not missing" },
    broughtBack: {
      file: "packages/kafka/src/client/topics.ts",
      from: "offsetsAt(cluster, led, earliest), offsetsAt(cluster, led, latest)]",
      to: "offsetsAt(cluster, led, earliest), offsetsAt(cluster, led, latest, readCommitted)]",
    },
  },
  {
    fault: "a timer fires though what clears it lies behind an open transaction",
    test: { file: memoryP8, title: "by the wall clock never overtake an event that lies behind" },
    broughtBack: "the clock overtakes what lies behind an open transaction",
  },
  {
    fault: "caughtUp waits for ever behind an open transaction, and nothing says why",
    test: { file: memory, title: "does not wait for ever behind a transaction that stays open" },
    broughtBack: "caughtUp waits for ever behind an open transaction",
  },
  {
    fault: "a transaction that stays open is told nowhere",
    test: {
      file: "packages/runtime/src/group/open-transactions.test.ts",
      title: "the watch looks every five seconds, tells of one that was open for ten",
    },
    broughtBack: {
      file: "packages/runtime/src/group/open-transactions.ts",
      from: "if (open.openMs >= tellAfterMs)",
      to: "if (open.openMs < 0)",
    },
  },
  {
    fault: "examples are judged by doubles, and payloads by decimals",
    test: { file: "packages/contract/test/load.test.ts", title: "an example is a multiple in the decimals" },
    broughtBack: {
      file: "packages/contract/src/schemas/validator.ts",
      from: "isMultipleOf(value, factor)",
      to: "Number.isInteger(value / factor)",
    },
  },
  {
    fault: "payloads are judged by doubles",
    test: {
      file: "packages/proof/src/audit/audit-records.test.ts",
      title: "a multiple is one in decimals, as producers and consumers judge it",
    },
    broughtBack: {
      file: "packages/runtime/src/schema/scalars.ts",
      from: "isMultipleOf(value, multipleOf) ?",
      to: "value % multipleOf === 0 ?",
    },
  },
  {
    fault: "a foreign transaction that stays open is told by nothing",
    test: {
      file: "packages/runtime/test/open-transactions.test.ts",
      title: "a consumer tells by its hook of a transaction",
    },
    broughtBack: {
      file: "packages/runtime/src/group/member-lanes.ts",
      from: "hooks.transactionOpen?.({",
      to: "void ({",
    },
  },
  {
    fault: "a projection without a position skips in silence what expired",
    test: { file: memoryP8, title: "what expired while no copy ran is told" },
    broughtBack: "what expired before the first event came is skipped in silence",
  },
  {
    fault: "a state is one thing in memory and another in the store",
    test: { file: memoryP8, title: "a property that is undefined is dropped in memory as well" },
    broughtBack: "properties that are undefined stay in memory",
  },
  {
    fault: "an integer beyond 2^53 is rounded in silence",
    test: { file: memory, title: "an integer beyond 2^53-1, wherever it stands" },
    broughtBack: "an integer that lost digits is not told",
  },
  {
    fault: "closing a schema is compatible, though readers refuse what old records hold",
    test: { file: "packages/contract-diff/test/diff.test.ts", title: "a schema that is closed" },
    broughtBack: {
      file: "packages/contract-diff/src/payloads.ts",
      from: 'edit.rule === "fields-closed" && comparing.part === "payload"',
      to: 'edit.rule === "fields-opened" && comparing.part === "payload"',
    },
  },
  {
    fault: "a key that is declared without a source is ignored in silence",
    test: {
      file: "packages/contract/test/key-source.test.ts",
      title: "a declared key without a source is told with the line that would fit",
    },
    broughtBack: {
      file: "packages/contract/src/checks/key-source.ts",
      from: 'reading.reporter.report("key-source", at.label, says);',
      to: "void [reading, at, says];",
    },
  },
  {
    fault: "an app whose database is away at its start shows no lane that waits",
    test: {
      file: "packages/runtime/test/check.test.ts",
      title: "a projector whose database is away at its start says so",
    },
    broughtBack: {
      file: "packages/runtime/src/group/consumer.ts",
      from: ", ...session.waiting().map(statusOfWaiting)]",
      to: ", ...session.waiting().slice(0, 0).map(statusOfWaiting)]",
    },
  },
];
