import { fromRuntime, printSource } from "../printer/source-file.js";
import type { EmitContext } from "./context.js";
import { describe } from "./describe.js";

/** `src/gen/producer.ts`. */
export function emitProducerFile(context: EmitContext): string {
  const imports = [
    fromRuntime("bindProducer", "Producer", "ProducerOptions"),
    { from: `${context.scope}/events`, types: ["EventTopics"], values: ["topics"] },
  ];
  const comment = describe(
    {},
    `Makes a producer of ${context.contract.title}: one function for each topic.`,
    "Connects on the first send. Throws `options_invalid` where the options contradict each other.",
  );
  return printSource(context.header, imports, [
    "/** A producer with one function for each topic; a topic of several messages has one for each of them. */\nexport type EventProducer = Producer<EventTopics>;",
    `${comment}export const createProducer: (options: ProducerOptions) => EventProducer = bindProducer(topics);`,
  ]);
}

/** `src/index.ts` of the producer package. */
export function emitProducerIndex(context: EmitContext): string {
  return printSource(
    context.header,
    [],
    [
      [
        'export { createProducer, type EventProducer } from "./gen/producer.js";',
        'export type { ProducerOptions, SendOptions, Sent } from "@keyline/runtime/codegen";',
      ].join("\n"),
    ],
  );
}
