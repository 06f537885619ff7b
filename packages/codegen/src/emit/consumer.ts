import { fromRuntime, printSource } from "../printer/source-file.js";
import type { EmitContext } from "./context.js";
import { describe } from "./describe.js";

/** `src/gen/consumer.ts`. */
export function emitConsumerFile(context: EmitContext): string {
  const imports = [
    fromRuntime("bindConsumer", "bindProjection", "Consumer", "ConsumerOptions", "Projection", "ProjectionDefinition"),
    { from: context.layout.part("events"), types: ["EventTopics"], values: ["topics"] },
  ];
  const consumer = describe(
    {},
    `Creates a consumer of ${context.contract.title}: \`on\` has a handler for each topic that it reads.`,
    "A handler gets a key's events in order, one at a time, each at least once.",
  );
  const projection = describe(
    {},
    "Defines a projection: a state for each key, folded from the key's events in order, with its effects exactly once.",
    "The state's type is that of `initial`. `on` has a reducer for each topic; `ctx.emit` publishes, `ctx.timer` sets timers.",
  );
  return printSource(context.header, imports, [
    `${consumer}export const createConsumer: (options: ConsumerOptions<EventTopics>) => Consumer = bindConsumer(topics);`,
    `${projection}export const defineProjection: <State>(definition: ProjectionDefinition<State, EventTopics, EventTopics>) => Projection<State, EventTopics, EventTopics> = bindProjection(topics);`,
  ]);
}

/** `src/index.ts` of the consumer package. */
export function emitConsumerIndex(context: EmitContext): string {
  return printSource(
    context.header,
    [],
    [
      [
        `export { createConsumer, defineProjection } from "${context.layout.sibling("./gen/consumer")}";`,
        'export type { Consumer, ConsumerOptions, Handler, HandlerContext, Projection, ProjectionDefinition, ReducerContext } from "@keyline/runtime/codegen";',
      ].join("\n"),
    ],
  );
}
