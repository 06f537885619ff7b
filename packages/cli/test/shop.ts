import { randomUUID } from "node:crypto";
import { parseContract } from "@keyline/contract";
import { contractTopics } from "@keyline/proof";
import type { ProducerOptions, TopicDescriptor, Transport } from "@keyline/runtime";
import { bindProducer } from "@keyline/runtime/codegen";
import { createMemoryCluster, type MemoryCluster } from "@keyline/runtime/memory";
import { type MessageDescriptor, partitionOf } from "@keyline/runtime/tools";
import type { Headers } from "@keyline/runtime/transport";

const channel = (name: string) => `
  ${name}:
    address: order.${name}
    messages: { ${name}: { $ref: "#/components/messages/${name}" } }
    bindings: { kafka: { partitions: 6, bindingVersion: 0.5.0 } }`;

const message = (name: string) => `
    ${name}:
      correlationId: { location: $message.payload#/correlation_id }
      payload:
        type: object
        required: [order_id, n]
        properties:
          order_id: { type: integer }
          n: { type: integer }
          correlation_id: { type: string }
          event_id: { type: string, format: uuid }
          timestamp: { type: string, format: date-time }`;

const names = ["placed", "paid", "shipped"] as const;

/** A contract of three topics that are ordered by order. */
export const shopYaml = `asyncapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
x-ordering: { orders: { key: "$message.payload#/order_id", partitioner: murmur2 } }
x-wire: cloudevents
channels:${names.map(channel).join("")}
components:
  messages:${names.map(message).join("")}
`;

const { contract, diagnostics } = await parseContract(shopYaml);
if (contract === null) throw new Error(JSON.stringify(diagnostics));

/** Its topics, by name. */
export const shopTopics = contractTopics(contract);
export const shopPartitions = 6;

export const laneOf = (order: number | string): number =>
  partitionOf("murmur2", Buffer.from(String(order)), shopPartitions);

/** The first order after `like` that lies on its lane too. */
export function laneMate(like: number): number {
  let order = like + 1;
  while (laneOf(order) !== laneOf(like)) order += 1;
  return order;
}

/** Sends events of the shop. */
export interface ShopProducer {
  send(
    name: (typeof names)[number],
    order: number,
    more?: { readonly n?: number; readonly flow?: string },
  ): Promise<{ readonly topic: string; readonly partition: number; readonly offset: number }>;
  close(): Promise<void>;
}

interface Order {
  readonly order_id: number;
  readonly n: number;
  readonly event_id: string;
  readonly correlation_id?: string;
}
type OrderTopic = TopicDescriptor<{ readonly event: MessageDescriptor<Order, Order> }, never>;

/** As generated code has it: with the type of its only event. */
function typed(name: (typeof names)[number]): OrderTopic {
  const topic = shopTopics[name];
  const message = topic?.messages[name];
  if (!topic || !message) throw new Error(`the shop has no topic ${name}`);
  return { ...topic, parameters: [], messages: { event: message as MessageDescriptor<Order, Order> } };
}

const createProducer = bindProducer({ placed: typed("placed"), paid: typed("paid"), shipped: typed("shipped") });

/** A producer of Keyline's own. */
export function shopProducer(transport: Transport, options: Partial<ProducerOptions> = {}): ShopProducer {
  const producer = createProducer({ transport, source: "shop", ...options });
  return {
    send: async (name, order, { n = 0, flow } = {}) => {
      const correlation = flow === undefined ? {} : { correlation_id: flow };
      return producer[name]({ order_id: order, n, event_id: randomUUID(), ...correlation });
    },
    close: () => producer.close({ timeoutMs: 1000 }),
  };
}

/** The shop's topics on a cluster in memory. */
export function shopCluster(): MemoryCluster {
  const cluster = createMemoryCluster({ clusterId: "memory" });
  for (const name of names) {
    cluster.createTopic(`order.${name}`, { partitions: shopPartitions });
    cluster.createTopic(`order.${name}.dlq`, { partitions: shopPartitions });
  }
  return cluster;
}

/** What a foreign producer writes: a CloudEvent without Keyline's headers, or anything else. */
export interface ForeignRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly partition?: number;
  /** The payload; or the value itself, as text. */
  readonly value: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timestampMs?: number;
}

export function writeForeign(cluster: MemoryCluster, record: ForeignRecord): void {
  cluster.faults.produce({
    ...foreignRecord(record),
    topic: record.topic,
    partition: record.partition ?? laneOf(record.key ?? ""),
  });
}

export function foreignRecord({ key, value, headers = {}, timestampMs = Date.now() }: ForeignRecord) {
  const envelope = { specversion: "1.0", id: randomUUID(), source: "dapr-python", type: "com.dapr.event.sent" };
  const text = typeof value === "string" ? value : JSON.stringify({ ...envelope, data: value });
  return {
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(text),
    headers: Object.entries(headers).map(([name, content]) => [name, Buffer.from(content)] as const) satisfies Headers,
    timestampMs,
  };
}

/** The headers of a dead letter. */
export const deadLetterHeaders = (topic: string, partition: number, offset: number) => ({
  "keyline-error-code": "handler_failed",
  "keyline-error-message": "no such module",
  "keyline-error-group": "mailer",
  "keyline-error-topic": topic,
  "keyline-error-partition": String(partition),
  "keyline-error-offset": String(offset),
  "keyline-error-attempts": "5",
  "keyline-error-first-at": "2026-01-01T00:00:01.000Z",
  "keyline-error-last-at": "2026-01-01T00:00:09.000Z",
});
