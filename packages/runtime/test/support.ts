import { z } from "zod";
import type { DomainDescriptor, Fillable, MessageDescriptor, TopicDescriptor } from "../src/descriptor.js";
import { createMemoryCluster, type MemoryClusterOptions, type MemoryTopicOptions } from "../src/memory/index.js";

/** A domain of three topics over five partitions: not a power of two, so that a wrong hash shows. */
export const orders: DomainDescriptor = {
  kind: "domain",
  name: "orders",
  partitioner: "fnv1a",
  keyType: "integer",
  partitions: 5,
  topics: ["order.placed", "order.paid", "order.sent"],
};

const schema = z.looseObject({
  event_id: z.string().optional(),
  correlation_id: z.string(),
  order_id: z.int().min(1),
  timestamp: z.string(),
  note: z.string().optional(),
});

export interface OrderEvent {
  readonly event_id?: string;
  readonly correlation_id: string;
  readonly order_id: number;
  readonly timestamp: string;
  readonly note?: string;
}

export type OrderInput = Fillable<OrderEvent, "event_id" | "correlation_id" | "timestamp">;

const message = (name: string): MessageDescriptor<OrderEvent, OrderInput> => ({
  kind: "message",
  format: 1,
  name,
  schema: schema as unknown as z.ZodType<OrderEvent>,
  declared: { properties: { event_id: true, correlation_id: true, order_id: true, timestamp: true, note: true } },
  key: ["order_id"],
  fill: [
    { path: ["event_id"], with: "id" },
    { path: ["correlation_id"], with: "correlation" },
    { path: ["timestamp"], with: "now" },
  ],
  id: ["event_id"],
  type: null,
  time: ["timestamp"],
  correlation: { in: "payload", path: ["correlation_id"] },
});

const topic = <Name extends string>(name: Name, address: string) =>
  ({
    kind: "topic",
    format: 1,
    name,
    address,
    parameters: [],
    domain: orders,
    partitions: 5,
    wire: "cloudevents",
    messages: { [name]: message(name) } as { [N in Name]: MessageDescriptor<OrderEvent, OrderInput> },
  }) satisfies TopicDescriptor;

export const topics = {
  orderPlaced: topic("orderPlaced", "order.placed"),
  orderPaid: topic("orderPaid", "order.paid"),
  orderSent: topic("orderSent", "order.sent"),
};

/** A memory cluster with the topics and their dead letters. */
export function orderCluster({
  config = {},
  ...options
}: MemoryClusterOptions & Pick<MemoryTopicOptions, "config"> = {}) {
  const cluster = createMemoryCluster(options);
  for (const address of orders.topics) {
    cluster.createTopic(address, { partitions: 5, config });
    cluster.createTopic(`${address}.dlq`, { partitions: 5 });
  }
  return cluster;
}

/** Waits for a condition that will come true, or fails with what it was. */
export async function until(what: string, condition: () => boolean, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
