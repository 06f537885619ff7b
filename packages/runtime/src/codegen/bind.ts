import type { Topics } from "../descriptor.js";
import type { Consumer } from "../group/types.js";
import { createConsumer } from "../handler/create-consumer.js";
import type { ConsumerOptions } from "../handler/types.js";
import { createProducer } from "../producer/create-producer.js";
import type { Producer, ProducerOptions } from "../producer/types.js";
import { defineProjection, type Projection, type ProjectionDefinition } from "../projection/define.js";

/**
 * The `createProducer` of a generated producer package. `P` is the producer's type as generated code declares it: the
 * compiler does not compare it with an inferred type, topic by topic.
 */
export function bindProducer<T extends Topics, P = Producer<T>>(topics: T): (options: ProducerOptions) => P {
  return (options) => createProducer(topics, options) as P;
}

/** The `createConsumer` of a generated consumer package. */
export function bindConsumer<T extends Topics>(topics: T): (options: ConsumerOptions<T>) => Consumer {
  return (options) => createConsumer(topics, options);
}

/** The `defineProjection` of a generated consumer package. */
export function bindProjection<T extends Topics>(
  topics: T,
): <State>(definition: ProjectionDefinition<State, T, T>) => Projection<State, T, T> {
  return (definition) => defineProjection(topics, definition);
}
