// For those who write apps. `./transport` and `./store` are for those who implement one, `./tools` for what reads logs,
// `./memory` and `./testing` for tests, `./codegen` for generated code.

export type { EventOf, InputOf, TopicDescriptor, Topics } from "./descriptor.js";
export { type ErrorCode, errorCodes, isKeylineError, KeylineError } from "./errors.js";
export type { Consumer, LaneStatus } from "./group/types.js";
export { createConsumer } from "./handler/create-consumer.js";
export type { ConsumerOptions, Handler, HandlerContext, Handlers } from "./handler/types.js";
export type { Hooks, RecordPosition } from "./hooks.js";
export type { Store } from "./ports/store.js";
export type { Transport } from "./ports/transport.js";
export { createProducer } from "./producer/create-producer.js";
export type { Producer, ProducerControl, ProducerOptions, Sender, SendOptions, Sent } from "./producer/types.js";
export { createProjector } from "./projection/create-projector.js";
export {
  type AnyProjection,
  type DueTimer,
  defineProjection,
  type Projection,
  type ProjectionDefinition,
  type Reducer,
  type ReducerContext,
} from "./projection/define.js";
export { type StateReader, stateReader } from "./projection/state-reader.js";
export type { Projector, ProjectorOptions } from "./projection/types.js";
export { DoNotRetry, type RetryPolicy } from "./retry.js";
