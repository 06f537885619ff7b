import type { Fault } from "../mutant.ts";

const transport = "packages/kafka";
const rightsTest = "packages/cli/test/rights.kafka.test.ts";

/** What an app has to be allowed, and how it shows what it is. */
export const rights: readonly Fault[] = [
  {
    fault: "the rights that doctor calls enough are not",
    test: { file: rightsTest, title: "progress, struggle, teacher and the classroom do their work" },
    broughtBack: {
      file: "packages/cli/src/doctor/cluster.ts",
      from: "if (domain && used.has(domain)) need(address);",
      to: "",
    },
  },
  {
    fault: "topics that may not be seen are to be created",
    test: { file: rightsTest, title: "one without rights is told which" },
    broughtBack: {
      file: "packages/cli/src/doctor/cluster.ts",
      from: "hidden.length > 0",
      to: "hidden.length < 0",
    },
  },
  {
    fault: "a right that is missing is told without its topic",
    test: { file: `${transport}/src/errors.test.ts`, title: "a right that is missing is told with its topics" },
    broughtBack: {
      file: `${transport}/src/errors.ts`,
      from: "topics.length > 0 ?",
      to: "topics.length < 0 ?",
    },
  },
  {
    fault: "a client cannot show a certificate of its own",
    test: { file: `${transport}/src/client/environment.test.ts`, title: "takes TLS, with certificates of one's own" },
    broughtBack: {
      file: `${transport}/src/client/environment.ts`,
      from: 'cert: "KAFKA_SSL_CERT", key: "KAFKA_SSL_KEY" }',
      to: "}",
    },
  },
  {
    fault: "a handler that never settles holds its key for ever, and nothing says so",
    test: {
      file: "tests/conformance/test/memory.test.ts",
      title: "a handler that takes too long is told of, holds its key alone",
    },
    broughtBack: "a handler that takes too long is not told of",
  },
];
