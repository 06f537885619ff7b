import type { TopicDescriptor, Topics } from "../descriptor.js";
import { createProducerCore, type ProducerCore } from "./core.js";
import type { Producer, ProducerOptions, SendOptions } from "./types.js";

/** Makes the typed producer of a contract's topics. */
export function createProducer<T extends Topics>(topics: T, options: ProducerOptions): Producer<T> {
  const core = createProducerCore(Object.values(topics), options);
  const close = ({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}) => core.close(timeoutMs);
  const control = { connect: core.connect, flush: core.flush, close, [Symbol.asyncDispose]: () => close() };
  const senders = Object.entries(topics).map(([name, topic]) => [name, sendersOf(core, topic)] as const);
  return Object.freeze(Object.assign(Object.fromEntries(senders), control)) as Producer<T>;
}

/** One function for a topic of one message, else one for each message. */
function sendersOf(core: ProducerCore, topic: TopicDescriptor) {
  const bound = Object.entries(topic.messages).map(([name, message]) => {
    const send = (input: unknown, options?: SendOptions) => core.send(topic, message, input, options);
    return [name, send] as const;
  });
  const only = bound[0];
  return bound.length === 1 && only ? only[1] : Object.freeze(Object.fromEntries(bound));
}
