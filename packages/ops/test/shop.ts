// A shop's contract, as generated code has it, on a cluster in memory.
import type { TopicDescriptor } from "@keyline/runtime";
import { bindConsumer, bindProducer, bindProjection } from "@keyline/runtime/codegen";
import { createMemoryCluster, type MemoryTransportOptions } from "@keyline/runtime/memory";
import type { DomainDescriptor, MessageDescriptor } from "@keyline/runtime/tools";
import { z } from "zod";

export interface OrderEvent {
  readonly event_id: string;
  readonly order_id: number;
  readonly note?: string;
}
type OrderInput = Pick<OrderEvent, "order_id"> & Partial<OrderEvent>;

export const lanes = 2;

const orders: DomainDescriptor = {
  kind: "domain",
  name: "orders",
  partitioner: "murmur2",
  keyType: "integer",
  partitions: lanes,
  topics: ["order.placed", "order.paid"],
};

const message = (name: string): MessageDescriptor<OrderEvent, OrderInput> => ({
  kind: "message",
  format: 1,
  name,
  schema: z.looseObject({
    event_id: z.string(),
    order_id: z.int().min(1),
    note: z.string().optional(),
  }) as unknown as z.ZodType<OrderEvent>,
  declared: true,
  key: ["order_id"],
  fill: [{ path: ["event_id"], with: "id" }],
  id: ["event_id"],
  type: null,
  time: null,
  correlation: null,
});

const topic = <Name extends string>(name: Name, address: string) =>
  ({
    kind: "topic",
    format: 1,
    name,
    address,
    parameters: [],
    domain: orders,
    partitions: lanes,
    wire: "plain",
    messages: { [name]: message(name) } as { [N in Name]: MessageDescriptor<OrderEvent, OrderInput> },
  }) satisfies TopicDescriptor;

const topics = { orderPlaced: topic("orderPlaced", "order.placed"), orderPaid: topic("orderPaid", "order.paid") };

export const createConsumer = bindConsumer(topics);
export const createProducer = bindProducer(topics);
export const defineProjection = bindProjection(topics);

/** A cluster that has the topics and their dead letters, and a connection to it. */
export function openShop(options: MemoryTransportOptions = {}) {
  const cluster = createMemoryCluster();
  for (const address of orders.topics) {
    for (const name of [address, `${address}.dlq`]) cluster.createTopic(name, { partitions: lanes });
  }
  return { cluster, transport: cluster.transport(options) };
}

/** Waits for a condition that will come true, or fails with what it was. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`waited 20 s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
