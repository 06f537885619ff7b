import type { Fault } from "../mutant.ts";

const p7 = (title: string) => ({ file: "tests/conformance/test/memory.test.ts", title });
const p8 = (title: string) => ({ file: "tests/conformance/test/memory-p8.test.ts", title });

/** What one event made impossible was taken for trouble of the infrastructure, and ended the app, at every start again. */
export const oneEvent: readonly Fault[] = [
  {
    fault: "a record's key that is too long for an index stops every copy",
    test: p8("is key_invalid; other keys of its lane go on, and no row has it"),
    broughtBack: "a record's key may be of any length",
  },
  {
    fault: "the refusal of a key that is too long is written under that key",
    test: p8("is key_invalid; other keys of its lane go on, and no row has it"),
    broughtBack: "a key that is too long names a row",
  },
  {
    fault: "a key of many bytes passes as one of few characters",
    test: p8("a producer refuses a key that is longer than its domain allows"),
    broughtBack: "a key is measured in characters",
  },
  {
    fault: "a reducer returns what JSON cannot say",
    test: p8("the event goes to the dead letters, every other one is applied once and in order"),
    broughtBack: "a state is whatever a reducer returns",
  },
  {
    fault: "a timer carries what JSON cannot say",
    test: p8("the event goes to the dead letters, every other one is applied once and in order"),
    broughtBack: "a timer may carry what JSON cannot say",
  },
  {
    fault: "a payload of thousands of levels overflows the stack of what writes its state",
    test: p7("goes to the dead letters at once as"),
    broughtBack: "JSON of any depth is read",
  },
  {
    fault: "a failing event whose dead letter its topic does not take",
    test: p7("a dead letter that its topic does not take"),
    broughtBack: "a letter that its topic does not take is given up",
  },
  {
    fault: "a topic of dead letters takes no more than its source",
    test: {
      file: "packages/cli/src/topics/plan.test.ts",
      title: "that takes dead letters has room for more than its source",
    },
    broughtBack: {
      file: "packages/cli/src/topics/plan.ts",
      from: "String(Number(most) + lettersRoom)",
      to: "String(Number(most))",
    },
  },
  {
    fault: "an emitted event that its topic does not take stays in the outbox",
    test: p8("an emitted event that its topic does not take becomes a dead letter of its cause"),
    broughtBack: "what is too large for its topic stays in the outbox",
  },
  {
    fault: "a key has the name of a lane's own row",
    test: p8("a key that reads as a lane's own row was named has a row of its own"),
    broughtBack: "a key may have the name of a lane's own row",
  },
  {
    fault: "a batch with one row that the database refuses",
    test: p8("the event goes to the dead letters, every other one is applied"),
    broughtBack: "a batch that the store refuses ends the app",
  },
  {
    fault: "a schema that was changed by hand empties a topic into the dead letters",
    test: p8("that refuses one key after the other"),
    broughtBack: "every key may be condemned",
  },
  {
    fault: "timers that set each other without end are retried like an app that is in trouble",
    test: {
      file: "packages/runtime/test/endless-timers.test.ts",
      title: "timers of a key that set each other without end are given up",
    },
    broughtBack: {
      file: "packages/runtime/src/projection/fire-timers.ts",
      from: "throw endless(row.key, fired);",
      to: "throw new Error(endless(row.key, fired).message);",
    },
  },
  {
    fault: "one character in the state of one key makes a view over all states fail",
    test: { file: "packages/store-postgres/test/pglite.test.ts", title: "an app reads the states by a view" },
    broughtBack: {
      file: "packages/store-postgres/src/projections/state-view.ts",
      from: "u(?:0000|d[89a-f][0-9a-f]{2})",
      to: "u(?:never)",
    },
  },
];
