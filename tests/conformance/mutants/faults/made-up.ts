import type { Fault } from "../mutant.ts";

const memory = "tests/conformance/test/memory.test.ts";
const memoryP8 = "tests/conformance/test/memory-p8.test.ts";
const codecs = "packages/kafka/src/codecs";
const codecsTest = `${codecs}/codecs.test.ts`;

/** What a record claims about other topics, keys and apps was believed, and what it unpacks to was not asked. */
export const madeUp: readonly Fault[] = [
  {
    fault: "a forged number hides the later events of another topic",
    test: { file: memoryP8, title: "numbers that the logs can hold count for their own topic alone" },
    broughtBack: "a sequence number on one topic hides an event of another",
  },
  {
    fault: "a forged number hides the later events of its own topic",
    test: { file: memoryP8, title: "a sequence number that no log holds hides no later event" },
    broughtBack: "a sequence number that no log holds is believed",
  },
  {
    fault: "forged names make a key's row grow without end",
    test: { file: memoryP8, title: "names without end do not make a key's row grow" },
    broughtBack: "names that number events make a key's row grow without end",
  },
  {
    fault: "the id of an output, sent first on another topic, keeps the output from its readers",
    test: { file: memoryP8, title: "the id of an output, sent first on another topic" },
    broughtBack: "an id of one topic hides an event of another",
  },
  {
    fault: "an id with another content is dropped in silence",
    test: { file: memoryP8, title: "an id that comes again on its topic with another content" },
    broughtBack: "an id that comes with another content is dropped in silence",
  },
  {
    fault: "each forged cause asks for the log's end again",
    test: { file: memory, title: "by forged headers of hundreds of events of one key" },
    broughtBack: "an answer about a log's end serves one held event alone",
  },
  {
    fault: "held records of one key fill the buffer of the others",
    test: { file: memory, title: "only its own key waits, however many events have come behind it" },
    broughtBack: "what waits behind a failing event fills the buffer of its partition",
  },
  {
    fault: "events of one key that wait for their causes fill the buffer of the others",
    test: { file: memory, title: "other keys pass events that are held, however many there are" },
    broughtBack: {
      file: "packages/runtime/src/lane/key-states.ts",
      from: "of [backingOff, held])",
      to: "of [backingOff])",
    },
  },
  {
    fault: "a broker that does not lead any more is believed about a log's end",
    test: {
      file: "packages/kafka/src/client/leaders.test.ts",
      title: "go with their epoch, and metadata of an older one is not believed",
    },
    broughtBack: {
      file: "packages/kafka/src/client/leaders.ts",
      from: "if (leaderEpoch < (heard.get(place) ?? -1))",
      to: "if (leaderEpoch < -1)",
    },
  },
  {
    fault: "a batch of gzip unpacks to any size",
    test: { file: codecsTest, title: "unpacks up to its limit, and nothing larger" },
    broughtBack: {
      file: `${codecs}/codecs.ts`,
      from: "promisify(gunzip)(bytes, { maxOutputLength: most, chunkSize: pieceOf(bytes) })",
      to: "promisify(gunzip)(bytes, most < 0 ? { maxOutputLength: most, chunkSize: pieceOf(bytes) } : {})",
    },
  },
  {
    fault: "a batch of snappy unpacks to any size",
    test: { file: codecsTest, title: "unpacks up to its limit, and nothing larger" },
    broughtBack: {
      file: `${codecs}/codecs.ts`,
      from: "snappySize(block), 0) > most",
      to: "snappySize(block), 0) < 0",
    },
  },
  {
    fault: "a batch of lz4 unpacks to any size",
    test: { file: codecsTest, title: "unpacks up to its limit, and nothing larger" },
    broughtBack: {
      file: `${codecs}/codecs.ts`,
      from: "lz4Size(bytes, most) > most",
      to: "lz4Size(bytes, most) < 0",
    },
  },
  {
    fault: "a batch of zstd unpacks to any size",
    test: { file: codecsTest, title: "unpacks up to its limit, and nothing larger" },
    broughtBack: {
      file: `${codecs}/codecs.ts`,
      from: "        maxOutputLength: most,\n        chunkSize",
      to: "        chunkSize",
    },
  },
  {
    fault: "the batches of one fetch are unpacked whatever they take together",
    test: { file: codecsTest, title: "a fetch unpacks no more once its batches reach the limit together" },
    broughtBack: {
      file: `${codecs}/unpacking.ts`,
      from: "if (unpacked >= maxBytes) return null;",
      to: "",
    },
  },
  {
    fault: "batches of several leaders are unpacked side by side",
    test: { file: codecsTest, title: "batches are unpacked one at a time" },
    broughtBack: {
      file: `${codecs}/codecs.ts`,
      from: "last = unpacking.catch(() => undefined);",
      to: "void unpacking.catch(() => undefined);",
    },
  },
  {
    fault: "a batch that is too large to be unpacked ends its reader",
    test: {
      file: "packages/kafka/src/wire/batches.test.ts",
      title: "that is too large to be unpacked is one unread record at its last offset",
    },
    broughtBack: {
      file: "packages/kafka/src/wire/read-batches.ts",
      from: 'if (caught instanceof UnpackedTooLarge) return "never";',
      to: "",
    },
  },
  {
    fault: "what a record says steers a terminal, and writes lines of its own into a log",
    test: {
      file: "packages/json-schema/src/harmless.test.ts",
      title: "whatever steers a terminal or a line is written out",
    },
    broughtBack: {
      file: "packages/json-schema/src/harmless.ts",
      from: "text.replace(steering, escaped)",
      to: 'text.replaceAll("\\u0000", escaped)',
    },
  },
  {
    fault: "what a record says writes lines of its own into an app's log",
    test: {
      file: "packages/ops/test/log-hooks.test.ts",
      title: "no record can steer the terminal that shows the log, or write a line of its own",
    },
    broughtBack: {
      file: "packages/ops/src/logs/log-hooks.ts",
      from: "write(line.level ?? level, harmless(",
      to: "write(line.level ?? level, String(",
    },
  },
  {
    fault: "a record's text reaches a header of its dead letter as it is",
    test: {
      file: "packages/runtime/src/lane/dead-letter.test.ts",
      title: "what a record says reaches no header of its dead letter as it is",
    },
    broughtBack: [
      { file: "packages/runtime/src/lane/dead-letter.ts", from: "harmless(", to: "String(" },
      { file: "packages/runtime/src/errors.ts", from: "const line = harmless(message);", to: "const line = message;" },
    ],
  },
  {
    fault: "the reason why a value is not JSON quotes the value",
    test: { file: "packages/runtime/src/text/json.test.ts", title: "at most one character is told" },
    broughtBack: {
      file: "packages/runtime/src/text/json.ts",
      from: "reason: withoutText(caught)",
      to: "reason: String((caught as Error).message)",
    },
  },
];
