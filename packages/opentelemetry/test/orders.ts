import type { TopicDescriptor } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import type { DomainDescriptor, MessageDescriptor } from "@keyline/runtime/tools";
import { z } from "zod";

/** A contract of three topics, of which one is plain. One partition each: tests name offsets. */
const domain: DomainDescriptor = {
  ...{ kind: "domain", name: "orders", partitioner: "fnv1a", keyType: "integer", partitions: 1 },
  topics: ["order.placed", "order.paid", "order.sent"],
};

interface OrderEvent {
  readonly event_id: string;
  readonly correlation_id: string;
  readonly order_id: number;
}
type OrderInput = { readonly order_id: number } & Partial<OrderEvent>;

const schema = z.strictObject({ event_id: z.string(), correlation_id: z.string(), order_id: z.int() });

const message = (name: string): MessageDescriptor<OrderEvent, OrderInput> => ({
  ...{ kind: "message", format: 1, name, schema, key: ["order_id"], id: ["event_id"], type: null, time: null },
  declared: { properties: { event_id: true, correlation_id: true, order_id: true } },
  fill: [
    { path: ["event_id"], with: "id" },
    { path: ["correlation_id"], with: "correlation" },
  ],
  correlation: { in: "payload", path: ["correlation_id"] },
});

const topic = <Name extends string>(name: Name, address: string, wire: TopicDescriptor["wire"]) =>
  ({
    ...{ kind: "topic", format: 1, name, address, parameters: [], domain, partitions: 1, wire },
    messages: { [name]: message(name) } as { [N in Name]: MessageDescriptor<OrderEvent, OrderInput> },
  }) satisfies TopicDescriptor;

export const topics = {
  orderPlaced: topic("orderPlaced", "order.placed", "cloudevents"),
  orderPaid: topic("orderPaid", "order.paid", "plain"),
  orderSent: topic("orderSent", "order.sent", "cloudevents"),
};

export function orderCluster() {
  const cluster = createMemoryCluster();
  for (const address of domain.topics) {
    cluster.createTopic(address, { partitions: 1 });
    cluster.createTopic(`${address}.dlq`, { partitions: 1 });
  }
  return cluster;
}

/** Waits for a condition that will come true, or fails with what it was. */
export async function until(what: string, condition: () => boolean, withinMs = 50_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
