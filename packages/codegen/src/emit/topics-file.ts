import { propertyKey, shift } from "../json-schema/index.js";
import { printSource } from "../printer/source-file.js";
import type { EmitContext } from "./context.js";
import { topicComment } from "./topic-file.js";

/** `src/gen/topics.ts`: all topics by their name in code. */
export function emitTopicsFile(context: EmitContext): string {
  const { topics } = context.names;
  const imports = topics.map(({ file, type, constant }) => ({
    from: context.layout.sibling(`./topics/${file}`),
    types: [type],
    values: [constant],
  }));
  const types = topics.map(
    (topic) => `  ${shift(`${topicComment(topic)}readonly ${propertyKey(topic.name)}: ${topic.type};`)}\n`,
  );
  const values = topics.map(({ name, constant }) => `  ${propertyKey(name)}: ${constant},\n`);
  return printSource(context.header, imports, [
    `/** The type of {@link topics}. */\nexport type EventTopics = {\n${types.join("")}};`,
    `/** All topics of the contract, by their name in code. */\nexport const topics: EventTopics = {\n${values.join("")}};`,
  ]);
}
