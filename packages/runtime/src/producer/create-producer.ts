import type { Topics } from "../descriptor.js";
import { withUnknownNames } from "../known-names.js";
import { createProducerCore } from "./core.js";
import { sendersOf } from "./senders.js";
import type { Producer, ProducerOptions } from "./types.js";

/** Creates the typed producer of a contract's topics. Throws `options_invalid` for an unknown option. */
export function createProducer<T extends Topics>(topics: T, options: ProducerOptions): Producer<T> {
  const core = createProducerCore(Object.values(topics), options);
  const close = ({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}) => core.close(timeoutMs);
  const control = { connect: core.connect, flush: core.flush, close, [Symbol.asyncDispose]: () => close() };
  const senders = sendersOf(topics, ({ topic, message }, input, sendOptions) =>
    core.send(topic, message, input, sendOptions),
  );
  return withUnknownNames(
    Object.assign({ ...senders }, control),
    "cannot send",
    "a topic of this contract",
  ) as unknown as Producer<T>;
}
