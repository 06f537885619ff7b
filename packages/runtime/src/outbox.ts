// For an outbox in an app's own database: events made ready to be stored, and stored events published.

export { guardedHooks } from "./hooks.js";
export { withUnknownNames } from "./known-names.js";
export { type Chain, type ChainLink, createChain } from "./producer/chain.js";
export { type NamedMessage, sendersOf } from "./producer/senders.js";
export { outboxScope, type StoredEvent } from "./producer/stored-event.js";
export {
  createStoredSender,
  type StoredSender,
  type StoredSenderOptions,
} from "./producer/stored-sender.js";
export type { Senders } from "./producer/types.js";
export {
  type EventWriting,
  type WriteOptions,
  type WrittenEvent,
  writeEvent,
} from "./producer/write-event.js";
