// What generated code may import. Internal to Keyline: does not follow semantic versioning by itself, but by the
// descriptor format, which the runtime checks.
export type { Consumer, ConsumerOptions, Handler, HandlerContext } from "../consumer/types.js";
export type {
  DeclaredShape,
  DomainDescriptor,
  EventOf,
  Fillable,
  InputOf,
  MessageDescriptor,
  TopicDescriptor,
  Topics,
} from "../descriptor.js";
export type { Producer, ProducerOptions, SendOptions, Sent } from "../producer/types.js";
export type { Projection, ProjectionDefinition, ReducerContext } from "../projection/define.js";
export { bindConsumer, bindProducer, bindProjection } from "./bind.js";
export * as s from "./schema/index.js";
export { type CodegenSymbol, codegenSymbols } from "./symbols.js";
