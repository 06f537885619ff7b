import type { GeneratedFile } from "../generated-file.js";
import { isGenerated } from "../printer/source-file.js";
import { generatedIn } from "./output.js";
import { readPlain } from "./plain-files.js";

/** The functions of the producer for one topic, by the names that SDK users write. */
interface TopicFunctions {
  readonly topic: string;
  /** One for each message where there are several; else the topic itself is the function. */
  readonly messages: readonly string[];
}

/** A topic's descriptor, as `emitTopicFile` prints it. */
const descriptor = /^ {2}kind: "topic",\n(?: {2}format: .*\n)? {2}name: (".*"),\n[\s\S]*?^ {2}messages: \{(.*)\},$/m;

const messageName = /(?:^|,) (\[?"(?:[^"\\]|\\.)*"\]?|[\w$]+): /g;

const textOf = (literal: string): string => {
  const quoted = literal.replace(/^\[|\]$/g, "");
  return quoted.startsWith('"') ? String(JSON.parse(quoted)) : quoted;
};

/** The functions that a generated file declares; null where it is not a topic's. */
const functionsIn = (content: string): TopicFunctions | null => {
  const [, topic, messages] = isGenerated(content) ? (descriptor.exec(content) ?? []) : [];
  if (topic === undefined || messages === undefined) return null;
  return { topic: textOf(topic), messages: [...messages.matchAll(messageName)].map(([, name = ""]) => textOf(name)) };
};

/** The only message's function is the topic itself, so that a second message takes it away. */
const namesOf = ({ topic, messages }: TopicFunctions): readonly string[] =>
  messages.length === 1 ? [topic] : messages.map((name) => `${topic}.${name}`);

/** What of a topic is gone: the whole of it, or some of its functions. */
const goneOf = (before: TopicFunctions, after: TopicFunctions | undefined): readonly string[] => {
  if (after === undefined) return [before.topic];
  const kept = new Set(namesOf(after));
  return namesOf(before).filter((name) => !kept.has(name));
};

/**
 * Functions of the generated packages in a folder that would be gone once these files are written, by the names that SDK
 * users write: `orders`, `orders.placed`. What was generated before is read from the topics' descriptors that lie there.
 */
export const removedFunctions = (out: string, files: readonly GeneratedFile[]): readonly string[] => {
  const after = files.flatMap(({ content }) => functionsIn(content) ?? []);
  const before = generatedIn(out).flatMap((path) => functionsIn(readPlain(out, path) ?? "") ?? []);
  return before
    .flatMap((one) =>
      goneOf(
        one,
        after.find(({ topic }) => topic === one.topic),
      ),
    )
    .sort();
};
