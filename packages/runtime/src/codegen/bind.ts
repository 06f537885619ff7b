import type { Topics } from "../descriptor.js";
import { readTopics } from "../group/read-topics.js";
import type { Consumer } from "../group/types.js";
import { createTopicsConsumer } from "../handler/create-consumer.js";
import type { ConsumerOptions } from "../handler/types.js";
import { createTopicsProducer } from "../producer/create-producer.js";
import type { Producer, ProducerOptions } from "../producer/types.js";
import type { Projection, ProjectionDefinition } from "../projection/define.js";

/** The `createProducer` of a generated producer package. */
export function bindProducer<T extends Topics>(topics: T): (options: ProducerOptions) => Producer<T> {
  return (options) => createTopicsProducer(topics, options);
}

/** The `createConsumer` of a generated consumer package. */
export function bindConsumer<T extends Topics>(topics: T): (options: ConsumerOptions<T>) => Consumer {
  return (options) => createTopicsConsumer(topics, options);
}

/** The `defineProjection` of a generated consumer package. */
export function bindProjection<T extends Topics>(
  topics: T,
): <State>(definition: ProjectionDefinition<State, T, T>) => Projection<State, T, T> {
  return (definition) => {
    const reads = Object.fromEntries(readTopics(topics, definition.on).map(({ name, topic }) => [name, topic]));
    return Object.freeze({ kind: "projection", ...definition, reads, emits: topics });
  };
}
