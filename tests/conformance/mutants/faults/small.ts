import type { Fault } from "../mutant.ts";

const transport = "packages/kafka";
const memory = "tests/conformance/test/memory.test.ts";

/** What reading the code has found, and small things. */
export const small: readonly Fault[] = [
  {
    fault: "a commit that was dropped with its lane is remembered as made",
    test: { file: memory, title: "a commit that is dropped because its lane was lost" },
    broughtBack: "what was committed of a lane is remembered when it comes back",
  },
  {
    fault: "lanes that were opened beside one that cannot be are left at work",
    test: { file: memory, title: "where one lane cannot be opened, the lanes that were opened with it are given back" },
    broughtBack: "lanes that were opened beside one that cannot be are left at work",
  },
  {
    fault: "a consumer takes topics of any format",
    test: { file: memory, title: "topics that were generated in another format are refused" },
    broughtBack: "a consumer takes topics of any format",
  },
  {
    fault: "a second failure of a key ends the pause of the first",
    test: { file: memory, title: "an event that fails waits its whole pause" },
    broughtBack: "a second event of a key that fails ends the pause of the first",
  },
  {
    fault: "close says of what is under way that it was not sent",
    test: { file: memory, title: "after its time rejects what was not sent with closed" },
    broughtBack: "close says of what is under way that it was not sent",
  },
  {
    fault: "of two appends at once one is lost",
    test: { file: memory, title: "is refused while one is in flight, before anything of it is written" },
    broughtBack: "two appends of a topic-partition are in flight at once",
  },
  {
    fault: "a broker is not reached by an IPv6 address",
    test: { file: `${transport}/src/client/address.test.ts`, title: "is a broker, whose host and port are read" },
    broughtBack: {
      file: `${transport}/src/client/address.ts`,
      from: "host: literal ?? host",
      to: 'host: literal?.split(":", 1)[0] ?? host',
    },
  },
  {
    fault: "a group with members of the new protocol answers with an unexpected error",
    test: {
      file: "packages/transport-kafkajs/test/one-broker.kafka.test.ts",
      title: "a group with a member of the new group protocol is refused by name",
    },
    broughtBack: {
      file: `${transport}/src/consumer/join.ts`,
      from: "throw unreadable(caught, groupId);",
      to: "throw groupId === null ? unreadable(caught, groupId) : caught;",
    },
  },
  {
    fault: "options that are not there throw a TypeError",
    test: { file: `${transport}/src/client/options.test.ts`, title: "a caller without types is told what is wrong" },
    broughtBack: {
      file: `${transport}/src/client/options.ts`,
      from: 'if (typeof options !== "object" || options === null) throw',
      to: 'if (typeof options === "string") throw',
    },
  },
  {
    fault: "copies over a thousand idle lanes ask each of them all the time",
    test: {
      file: "packages/runtime/src/handler/slots.test.ts",
      title: "a lane that is idle is asked again only once it is woken",
    },
    broughtBack: {
      file: "packages/runtime/src/handler/slots.ts",
      from: "wanting.delete(user);\n      if (user.next()) wanting.add(user);",
      to: "if (user.next()) void (wanting.delete(user) && wanting.add(user));",
    },
  },
  {
    fault: "a key whose release stopped at an event is listed without the reason",
    test: {
      file: "packages/cli/test/parked.test.ts",
      title: "a key whose release stopped at an event is listed with the reason",
    },
    broughtBack: {
      file: "packages/cli/src/commands/parked.ts",
      from: 'stopped === null ? "" :',
      to: 'stopped !== undefined ? "" :',
    },
  },
  {
    fault: "many copies that end at once leave a warning of Node about listeners",
    test: {
      file: "packages/transport-kafkajs/test/replaced-topics.kafka.test.ts",
      title: "ends those too that read partitions which the new one does not have, without a warning of Node",
    },
    broughtBack: {
      file: "packages/kafka/src/consumer/create-consumer.ts",
      from: "const stopping = new AbortController();",
      to: 'const stopping = new AbortController();\n  process.once("exit", () => stopping.abort());',
    },
  },
  {
    fault: "what is to be applied is asked about before it is shown",
    test: {
      file: "packages/cli/test/topics.kafka.test.ts",
      title: "topics, on a real broker",
    },
    broughtBack: {
      file: "packages/cli/src/commands/topics.ts",
      from: "context.isJson && context.io.confirm) context.io.log(plan);",
      to: "context.isJson && !context.io.confirm) context.io.log(plan);",
    },
  },
  {
    fault: "an app is ready though its lanes wait for their database",
    test: { file: "packages/ops/test/health.test.ts", title: "say that a process is ready, or why it is not" },
    broughtBack: {
      file: "packages/ops/src/health/health.ts",
      from: "const waiting = lanes.find(({ waitsFor }) => waitsFor !== null);",
      to: "const waiting = lanes.find(({ waitsFor }) => waitsFor === undefined);",
    },
  },
  {
    fault: "an app is ready though it has lost its place in the group",
    test: { file: "packages/runtime/test/check.test.ts", title: "a consumer says that it lost its place in the group" },
    broughtBack: {
      file: "packages/runtime/src/group/owned-lanes.ts",
      from: 'reason === "lost" ? Number.NEGATIVE_INFINITY :',
      to: 'reason === "lost" ? Number.POSITIVE_INFINITY :',
    },
  },
  {
    fault: "a member without a lane is told no share, so that it is never back in its group",
    test: { file: "packages/runtime/test/check.test.ts", title: "one that has no lane is a member as well" },
    broughtBack: {
      file: "packages/runtime/src/ports/assignments.ts",
      from: "      told = told.then(() => tell(assignment, options));",
      to: "      if (partitions.length > 0) told = told.then(() => tell(assignment, options));",
    },
  },
  {
    fault: "an app says that it is running before it has joined its group",
    test: { file: "packages/platform/src/run-app.test.ts", title: "says that it is running once it is at work" },
    broughtBack: {
      file: "packages/platform/src/run-app.ts",
      from: "await running.atWork?.();",
      to: "",
    },
  },
  {
    fault: "an app whose brokers do not answer says so after half a minute",
    test: { file: "packages/platform/src/connection.test.ts", title: "says soon that no broker answers" },
    broughtBack: {
      file: "packages/platform/src/connection.ts",
      from: "const noticedAfterMs = 2000;",
      to: "const noticedAfterMs = 30_000;",
    },
  },
  {
    fault: "a process whose handler never ends is never started again",
    test: { file: "packages/ops/test/health.test.ts", title: "say that a process lives as long as its lanes get on" },
    broughtBack: {
      file: "packages/ops/src/health/health.ts",
      from: "lateHandlers > 0)",
      to: "lateHandlers < 0)",
    },
  },
  {
    fault: "an option of send that does not exist is ignored",
    test: {
      file: "packages/runtime/test/produce-consume.test.ts",
      title: "an option that does not exist is refused, not ignored",
    },
    broughtBack: {
      file: "packages/runtime/src/producer/caller-send.ts",
      from: "checkNames(subject, options, sendNames);",
      to: "void [subject, sendNames];",
    },
  },
];
