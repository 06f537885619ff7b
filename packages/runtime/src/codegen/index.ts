// What generated code may import. Internal to Keyline: does not follow semantic versioning by itself, but by the
// descriptor format, which the runtime checks.

export type { z } from "zod";
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
export type { Consumer } from "../group/types.js";
export type { ConsumerOptions, Handler, HandlerContext } from "../handler/types.js";
export type { Producer, ProducerControl, ProducerOptions, SendOptions, Sent } from "../producer/types.js";
export type { Projection, ProjectionDefinition, ReducerContext } from "../projection/define.js";
export * as s from "../schema/index.js";
export { bindConsumer, bindProducer, bindProjection } from "./bind.js";
export { type CodegenSymbol, codegenSymbols } from "./symbols.js";
