import { propertyKey, shift } from "../json-schema/index.js";
import type { TopicNames } from "../names/plan.js";
import { listFunctions } from "../output/functions.js";
import { fromRuntime, printSource } from "../printer/source-file.js";
import type { EmitContext } from "./context.js";
import { describe } from "./describe.js";
import { topicComment } from "./topic-file.js";

/** `src/gen/producer.ts`. */
export function emitProducerFile(context: EmitContext): string {
  const { topics } = context.names;
  const inputs = topics.flatMap(({ messages }) => messages.map(({ message }) => message.input));
  const imports = [
    fromRuntime("bindProducer", "ProducerControl", "ProducerOptions", ...(inputs.length > 0 ? senderSymbols : [])),
    { from: context.layout.part("events"), types: inputs, values: ["topics"] },
  ];
  const comment = describe(
    {},
    `Creates a producer of ${context.contract.title}: one function for each topic.`,
    "Connects on the first send. Throws `options_invalid` for an unknown option.",
  );
  const members = topics.map(
    (topic) => `  ${shift(`${topicComment(topic)}readonly ${propertyKey(topic.name)}: ${sendersOf(topic)};`)}\n`,
  );
  return printSource(context.header, imports, [
    `/** A producer with one function for each topic; for a topic with several messages, one for each message. */\nexport interface EventProducer extends ProducerControl {\n${members.join("")}}`,
    `${comment}export const createProducer: (options: ProducerOptions) => EventProducer = bindProducer(topics);`,
    listFunctions(topics),
  ]);
}

const senderSymbols = ["SendOptions", "Sent"] as const;

/** The function that publishes to a topic; one for each message where a topic has several. */
function sendersOf({ channel, messages }: TopicNames): string {
  const names = channel.parameters.map(({ name }) => `readonly ${propertyKey(name)}: string`);
  const options =
    names.length === 0
      ? "options?: SendOptions"
      : `options: SendOptions & { readonly parameters: { ${names.join("; ")} } }`;
  const senders = messages.map(({ name, message }) => {
    return [name, `(event: ${message.input}, ${options}) => Promise<Sent>`] as const;
  });
  const [only, ...others] = senders;
  if (only && others.length === 0) return only[1];
  const fields = senders.map(([name, sender]) => `  readonly ${propertyKey(name)}: ${sender};\n`);
  return fields.length === 0 ? "{}" : `{\n${fields.join("")}}`;
}

/** `src/index.ts` of the producer package. */
export function emitProducerIndex(context: EmitContext): string {
  return printSource(
    context.header,
    [],
    [
      [
        `export { createProducer, type EventProducer } from "${context.layout.sibling("./gen/producer")}";`,
        'export type { ProducerOptions, SendOptions, Sent } from "@keyline/runtime/codegen";',
      ].join("\n"),
    ],
  );
}
