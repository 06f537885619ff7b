/**
 * Everything that generated code may import from `@keyline/runtime/codegen`. The generator reads this table, so that
 * renaming a symbol cannot break generated code unnoticed.
 */
export const codegenSymbols = {
  bindConsumer: "value",
  bindProducer: "value",
  bindProjection: "value",
  s: "value",
  Consumer: "type",
  ConsumerOptions: "type",
  DeclaredShape: "type",
  DomainDescriptor: "type",
  Fillable: "type",
  Handler: "type",
  HandlerContext: "type",
  MessageDescriptor: "type",
  Producer: "type",
  ProducerControl: "type",
  ProducerOptions: "type",
  Projection: "type",
  ProjectionDefinition: "type",
  ReducerContext: "type",
  SendOptions: "type",
  Sent: "type",
  TopicDescriptor: "type",
  z: "type",
} as const satisfies { readonly [name: string]: "type" | "value" };

/** A name that generated code may import from the runtime. */
export type CodegenSymbol = keyof typeof codegenSymbols;
