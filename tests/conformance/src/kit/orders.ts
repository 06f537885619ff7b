import type { TopicDescriptor } from "@keyline/runtime";
import { bindConsumer, bindProducer, bindProjection } from "@keyline/runtime/codegen";
import type { DomainDescriptor, MessageDescriptor } from "@keyline/runtime/tools";
import { z } from "zod";

/** What every event of the test contract carries. */
export interface OrderEvent {
  readonly event_id: string;
  readonly correlation_id: string;
  readonly order_id: number;
  readonly at: string;
  /** Tells the test which event this is. */
  readonly n: number;
  readonly note?: string;
}

/** What a caller has to say of it. */
export type OrderInput = Pick<OrderEvent, "order_id" | "n"> & Partial<OrderEvent>;

/** Not a power of two, so that a wrong modulus shows. */
export const lanes = 5;

const keyed = ["placed", "paid", "shipped", "changed", "invoiced", "rated"] as const;
const addressOf = (name: string) => `orders.${name}`;

export const orders: DomainDescriptor = {
  kind: "domain",
  name: "orders",
  partitioner: "fnv1a",
  keyType: "integer",
  partitions: lanes,
  topics: keyed.map(addressOf),
};

const accounts: DomainDescriptor = {
  kind: "domain",
  name: "accounts",
  partitioner: "murmur2",
  keyType: "string",
  partitions: 3,
  topics: ["accounts.opened"],
};

const orderShape = z.looseObject({
  event_id: z.string(),
  correlation_id: z.string(),
  order_id: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  at: z.string(),
  n: z.number(),
  note: z.string().optional(),
}) as unknown as z.ZodType<OrderEvent>;

type OrderMessage = MessageDescriptor<OrderEvent, OrderInput>;

const orderMessage = (name: string, schema: z.ZodType<OrderEvent> = orderShape): OrderMessage => ({
  kind: "message",
  format: 1,
  name,
  schema,
  declared: true,
  key: ["order_id"],
  fill: [
    { path: ["event_id"], with: "id" },
    { path: ["correlation_id"], with: "correlation" },
    { path: ["at"], with: "now" },
  ],
  id: ["event_id"],
  type: null,
  time: ["at"],
  correlation: { in: "payload", path: ["correlation_id"] },
});

const orderTopic = <M extends { readonly [name: string]: MessageDescriptor }>(
  name: string,
  messages: M,
  wire: "plain" | "cloudevents" = "plain",
): TopicDescriptor<M, never> => ({
  kind: "topic",
  format: 1,
  name,
  address: addressOf(name),
  parameters: [],
  domain: orders,
  partitions: lanes,
  wire,
  messages,
});

/** Its key is checked by the runtime alone. */
const unchecked = z.looseObject({ n: z.number() }) as unknown as z.ZodType<OrderEvent>;

const accountOpened: MessageDescriptor<{ readonly account: unknown }, { readonly account: unknown }> = {
  kind: "message",
  format: 1,
  name: "AccountOpened",
  schema: z.looseObject({ account: z.unknown() }),
  declared: true,
  key: ["account"],
  fill: [],
  id: null,
  type: null,
  time: null,
  correlation: null,
};

/** A contract of six keyed topics (one with two messages), a topic of a string domain and one without a key. */
export const topics = {
  placed: orderTopic("placed", { placed: orderMessage("OrderPlaced") }, "cloudevents"),
  paid: orderTopic("paid", { paid: orderMessage("OrderPaid") }),
  shipped: orderTopic("shipped", { shipped: orderMessage("OrderShipped") }),
  changed: orderTopic("changed", {
    renamed: orderMessage("OrderRenamed"),
    moved: orderMessage("OrderMoved", unchecked),
  }),
  invoiced: orderTopic("invoiced", { invoiced: orderMessage("OrderInvoiced") }),
  rated: orderTopic("rated", { rated: orderMessage("OrderRated") }),
  opened: {
    kind: "topic",
    format: 1,
    name: "opened",
    address: "accounts.opened",
    parameters: [],
    domain: accounts,
    partitions: 3,
    wire: "plain",
    messages: {
      opened: accountOpened,
    },
  } satisfies TopicDescriptor,
  logged: {
    kind: "topic",
    format: 1,
    name: "logged",
    address: "audit.logged",
    parameters: [],
    domain: null,
    partitions: 3,
    wire: "plain",
    messages: {
      logged: { ...orderMessage("AuditLogged", unchecked), key: null } as MessageDescriptor<
        OrderEvent,
        Pick<OrderEvent, "n">
      >,
    },
  } satisfies TopicDescriptor,
};

export type OrderTopics = typeof topics;

export const createProducer = bindProducer(topics);
export const createConsumer = bindConsumer(topics);
export const defineProjection = bindProjection(topics);

/** Every topic with its partition count, and the dead letters of each. */
export const allTopics: Readonly<Record<string, number>> = Object.fromEntries(
  Object.values(topics).flatMap(({ address, partitions }) => [
    [address, partitions ?? 1],
    [`${address}.dlq`, partitions ?? 1],
  ]),
);

/** The names of topics with one message of the domain `orders`, as their senders are called. */
export type OrderTopicName = "placed" | "paid" | "shipped" | "invoiced" | "rated";
