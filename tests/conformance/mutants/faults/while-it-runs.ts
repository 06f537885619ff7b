import type { Fault } from "../mutant.ts";

const transport = "packages/kafka";
const silence = "packages/transport-kafkajs/test/silence.kafka.test.ts";
const replaced = "packages/transport-kafkajs/test/replaced-topics.kafka.test.ts";
const retryOn = `${transport}/src/client/retry-on.test.ts`;
const outbox = "packages/runtime/src/projection/outbox.test.ts";
const onOneBroker = "tests/conformance/kafka/one-broker.test.ts";

/** What was looked at when a lane or a connection began, and not again. */
export const whileItRuns: readonly Fault[] = [
  {
    fault: "a late answer takes back what is known of a key",
    test: { file: "packages/runtime/src/producer/key-memory.test.ts", title: "takes back nothing" },
    broughtBack: {
      file: "packages/runtime/src/producer/key-memory.ts",
      from: "else raise(positions.offsets, topic, offset);",
      to: "else positions.offsets.set(topic, offset);",
    },
  },
  {
    fault: "each event behind a failed one waits for a turn of its queue",
    test: { file: "packages/runtime/src/producer/settlement.test.ts", title: "fails at once" },
    broughtBack: {
      file: "packages/runtime/src/producer/settlement.ts",
      from: "accumulator.isWaiting(entry) ? (entry.request.link?.stopped() ?? null) : null",
      to: "entry.bytes < 0 ? (entry.request.link?.stopped() ?? null) : null",
    },
  },
  {
    fault: "a key of which a row failed for good goes on without it",
    test: { file: outbox, title: "sends nothing behind it" },
    broughtBack: {
      file: "packages/runtime/src/projection/outbox.ts",
      from: "if (rows.length === 0 || epoch.over.aborted) waiting.delete(key);",
      to: "waiting.delete(key);",
    },
  },
  {
    fault: "a chain begins for an owner that lost its lane meanwhile",
    test: { file: outbox, title: "while it asks where" },
    broughtBack: {
      file: "packages/runtime/src/projection/publish-rows.ts",
      from: "over.aborted ? new",
      to: "lane < 0 ? new",
    },
  },
  {
    fault: "what is behind a failing event is sent with each attempt",
    test: { file: outbox, title: "waits until that one is in the log" },
    broughtBack: {
      file: "packages/runtime/src/projection/publish-rows.ts",
      from: "order === null || orderOf(topics, record) !== order",
      to: "record === null",
    },
  },
  {
    fault: "events go behind one whose message the contract has lost",
    test: { file: outbox, title: "whose message the contract has lost" },
    broughtBack: {
      file: "packages/runtime/src/projection/publish-rows.ts",
      from: "    link.fail(KeylineError.from(caught,",
      to: "    void (KeylineError.from(caught,",
    },
  },
  {
    fault: "an event that is too large is reported with each attempt of what is before it",
    test: { file: outbox, title: "reported once" },
    broughtBack: {
      file: "packages/runtime/src/projection/publish-rows.ts",
      from: "return index === 0 ? publishOrReport",
      to: "return index >= 0 ? publishOrReport",
    },
  },
  {
    fault: "a connection that answers nothing is used for ever",
    test: { file: silence, title: "is left after a request that timed out" },
    broughtBack: {
      file: `${transport}/src/client/broker.ts`,
      from: "      isLate = true;\n      lines.end();\n",
      to: "      isLate = lines === null;\n",
    },
  },
  {
    fault: "a member ends since a broker was away while a lane came to it",
    test: { file: "packages/runtime/test/lane-opened-late.test.ts", title: "opens them later" },
    broughtBack: [
      {
        file: "packages/runtime/src/handler/handler-lane.ts",
        from: "await retry(laneRetry(session.signal), () => startsOf(env, lane, session))",
        to: "await startsOf(env, lane, session)",
      },
      {
        file: "packages/runtime/src/projection/projection-lane.ts",
        from: "retry(laneRetry(signal), () => startsOf(lane, taken))",
        to: "startsOf(lane, taken)",
      },
    ],
  },
  {
    fault: "what closes waits for an answer as long as anything else",
    test: { file: silence, title: "holds up what closes for less than a copy may take to end" },
    broughtBack: {
      file: `${transport}/src/consumer/join.ts`,
      from: "await atMost(leaveWithinMs,",
      to: "await atMost(1000 * leaveWithinMs,",
    },
  },
  {
    fault: "a topic that a deploy adds to static members lies unread",
    test: { file: onOneBroker, title: "a rolling deploy that adds a topic to static members" },
    broughtBack: {
      file: `${transport}/src/consumer/join.ts`,
      from: 'if (isBack && !isDeepStrictEqual(assigned.groups, groups)) return "outdated";',
      to: "",
    },
  },
  {
    fault: "a topic grows, and the leader that was started again does not see it",
    test: { file: onOneBroker, title: "a static member that led its group before it was started again" },
    broughtBack: {
      file: `${transport}/src/consumer/join.ts`,
      from: "watches: isLeader || isBack",
      to: "watches: isLeader",
    },
  },
  {
    fault: "a static member that was replaced goes on",
    test: { file: onOneBroker, title: "the older one ends with instance_fenced" },
    broughtBack: {
      file: `${transport}/src/consumer/join.ts`,
      from: 'if (type === "UNKNOWN_MEMBER_ID") member.memberId = "";',
      to: 'if (type === "UNKNOWN_MEMBER_ID" || type === "FENCED_INSTANCE_ID") {\n          member.memberId = "";\n          continue;\n        }',
    },
  },
  {
    fault: "the first seed is waited for though another answers",
    test: { file: silence, title: "as one of several seeds costs a moment" },
    broughtBack: {
      file: `${transport}/src/client/seeds.ts`,
      from: "await sleep(at * nextAfterMs,",
      to: "await sleep(at * 1000 * nextAfterMs,",
    },
  },
  {
    fault: "a topic that is recreated under a reader is fetched on by its name",
    test: { file: replaced, title: "gives nothing to a fetch for the old one" },
    broughtBack: {
      file: `${transport}/src/records/fetch.ts`,
      from: "const isKnown = ids !== undefined && ids.size > 0;",
      to: "const isKnown = ids !== undefined && ids.size < 0;",
    },
  },
  {
    fault: "a topic that is recreated under a reader is unknown for ever",
    test: { file: replaced, title: "ends it with log_replaced" },
    broughtBack: {
      file: `${transport}/src/consumer/fetch-failures.ts`,
      from: "if (replaced) fail(replaced);",
      to: "if (replaced) await recover(cluster);",
    },
  },
  {
    fault: "an answer that is older than what is known makes a log count as recreated",
    test: {
      file: `${transport}/src/consumer/log-identity.test.ts`,
      title: "a log is replaced once metadata has named",
    },
    broughtBack: {
      file: `${transport}/src/consumer/log-identity.ts`,
      from: "nowMs() - sinceMs < confirmedAfterMs",
      to: "nowMs() - sinceMs < 0",
    },
  },
  {
    fault: "a topic is fetched by its name for ever where one was unknown at the start",
    test: { file: `${transport}/src/consumer/log-identity.test.ts`, title: "begins once every topic is known" },
    broughtBack: {
      file: `${transport}/src/consumer/log-identity.ts`,
      from: "if (unknown.length > 0) throw",
      to: "if (unknown.length < 0) throw",
    },
  },
  {
    fault: "a broker that is gone is asked about a recreated topic again and again",
    test: { file: `${transport}/src/consumer/fetch-failures.test.ts`, title: "where the broker that is asked about" },
    broughtBack: {
      file: `${transport}/src/consumer/fetch-failures.ts`,
      from: "for ever.\n        await recover(cluster);",
      to: "for ever.",
    },
  },
  {
    fault: "a topic that was made a moment ago is not there",
    test: { file: retryOn, title: "was made a moment ago, and is asked for again" },
    broughtBack: {
      file: `${transport}/src/client/cluster.ts`,
      from: '(retryable || code === "topic_unknown") &&',
      to: "retryable &&",
    },
  },
  {
    fault: "a topic that is not there is asked for as long as a broker that is not",
    test: { file: retryOn, title: "for longer than a moment is not there" },
    broughtBack: {
      file: `${transport}/src/client/cluster.ts`,
      from: "Math.min(withinMs, newTopicForMs) : withinMs",
      to: "Math.max(withinMs, newTopicForMs) : withinMs",
    },
  },
  {
    fault: "a topic that a broker has not heard of yet has no partitions",
    test: { file: retryOn, title: "have one that the broker had not heard of at first" },
    broughtBack: {
      file: `${transport}/src/client/topics.ts`,
      from: "if (isSettled || signal.aborted) return counts;",
      to: "if (isSettled || !signal.aborted) return counts;",
    },
  },
  {
    fault: "partitions that are added to a topic without keys are not read",
    test: { file: onOneBroker, title: "a topic without keys that grows is read and written on" },
    broughtBack: {
      file: `${transport}/src/consumer/serve.ts`,
      from: "(hasGrown) => hasGrown && membership.end",
      to: "(hasGrown) => !hasGrown && membership.end",
    },
  },
  {
    fault: "partitions that are added to a topic without keys are not written",
    test: {
      file: "tests/conformance/test/memory.test.ts",
      title: "a topic without keys that grows is read and written on",
    },
    broughtBack: "a topic that grows is written as it was",
  },
  {
    fault: "partitions that are added to a topic with keys are passed over in silence",
    test: { file: "tests/conformance/test/memory.test.ts", title: "a keyed topic that another tool lets grow" },
    broughtBack: "a partition count that changes is not told",
  },
  {
    fault: "a login of a few seconds makes each request one",
    test: {
      file: "packages/transport-kafkajs/test/short-sessions.kafka.test.ts",
      title: "writers and readers log in again in time",
    },
    broughtBack: {
      file: "packages/transport-kafkajs/src/private/client.ts",
      from: "reauthenticationThreshold: loginAgainMs, ",
      to: "",
    },
  },
  {
    fault: "a static member whose coordinator dies before its first generation is shared out is fenced by its own name",
    test: {
      file: "packages/kafka/src/consumer/join.test.ts",
      title: "a static member is not fenced by a name which no coordinator kept",
    },
    broughtBack: {
      file: "packages/kafka/src/consumer/join.ts",
      from: 'if (retryable && instanceId !== null && !member.isKept) member.memberId = "";',
      to: "",
    },
  },
];
