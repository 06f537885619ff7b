import type { LayoutName } from "../emit/layout.js";
import type { GeneratedFiles } from "../generated-file.js";
import { literal } from "../json-schema/index.js";
import type { TopicNames } from "../names/plan.js";
import { openPlainFiles } from "./plain-files.js";

/** Where the functions of the producer are listed. */
const listedIn: Readonly<Record<LayoutName, string>> = {
  packages: "producer/src/gen/producer.ts",
  single: "gen/producer.ts",
};

const beginning = "// Functions by topic: ";

/** A topic and its messages, by their names in code. */
type TopicFunctions = readonly [topic: string, messages: readonly string[]];

/** The line that tells what generates the next time which functions there were, as JSON. */
export const listFunctions = (topics: readonly TopicNames[]): string =>
  `${beginning}${literal(topics.map(({ name, messages }) => [name, messages.map((one) => one.name)]))}`;

const isTopicFunctions = (one: unknown): one is TopicFunctions =>
  Array.isArray(one) && typeof one[0] === "string" && Array.isArray(one[1]);

/** The functions that a generated producer lists; none where the list is not there, or was changed. */
const functionsIn = (content: string): readonly TopicFunctions[] => {
  const line = content.split("\n").find((one) => one.startsWith(beginning));
  try {
    const listed: unknown = JSON.parse(line?.slice(beginning.length) ?? "");
    return Array.isArray(listed) ? listed.filter(isTopicFunctions) : [];
  } catch {
    return [];
  }
};

/** The only message's function is the topic itself, so that a second message takes it away. */
const namesOf = ([topic, messages]: TopicFunctions): readonly string[] =>
  messages.length === 1 ? [topic] : messages.map((name) => `${topic}.${name}`);

/** What of a topic is gone: the whole of it, or some of its functions. */
const goneOf = (before: TopicFunctions, after: TopicFunctions | undefined): readonly string[] => {
  if (after === undefined) return [before[0]];
  const kept = new Set(namesOf(after));
  return namesOf(before).filter((name) => !kept.has(name));
};

/**
 * The functions of the generated code in a folder that would be removed by writing these files, by their names in code:
 * `orders`, `orders.placed`. The existing functions are read from the list in the folder's producer.
 */
export const removedFunctions = (out: string, { layout, files }: GeneratedFiles): readonly string[] => {
  const before = functionsIn(openPlainFiles(out).read(listedIn[layout]) ?? "");
  const after = functionsIn(files.find(({ path }) => path === listedIn[layout])?.content ?? "");
  const byTopic = new Map(after.map((one) => [one[0], one]));
  return before.flatMap((one) => goneOf(one, byTopic.get(one[0]))).sort();
};
