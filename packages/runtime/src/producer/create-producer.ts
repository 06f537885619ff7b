import type { TopicDescriptor, Topics } from "../descriptor.js";
import { withUnknownNames } from "../known-names.js";
import { createProducerCore, type ProducerCore } from "./core.js";
import type { Producer, ProducerOptions, SendOptions } from "./types.js";

/** Makes the typed producer of a contract's topics. Throws `options_invalid` for an option that there is not. */
export function createProducer<T extends Topics>(topics: T, options: ProducerOptions): Producer<T> {
  const core = createProducerCore(Object.values(topics), options);
  const close = ({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}) => core.close(timeoutMs);
  const control = { connect: core.connect, flush: core.flush, close, [Symbol.asyncDispose]: () => close() };
  const senders = Object.entries(topics).map(([name, topic]) => [name, sendersOf(core, topic)] as const);
  const functions = Object.assign(Object.fromEntries(senders), control);
  return withUnknownNames(functions, "cannot send", "a topic of this contract") as Producer<T>;
}

/** One function for a topic of one message, else one for each message. */
function sendersOf(core: ProducerCore, topic: TopicDescriptor) {
  const bound = Object.entries(topic.messages).map(([name, message]) => {
    const send = (input: unknown, options?: SendOptions) => core.send(topic, message, input, options);
    return [name, send] as const;
  });
  const only = bound[0];
  if (bound.length === 1 && only) return only[1];
  return withUnknownNames(Object.fromEntries(bound), "cannot send", `a message of ${topic.address}`);
}
