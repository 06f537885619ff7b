import type { TopicDescriptor } from "@keyline/runtime";
import type { DomainDescriptor, MessageDescriptor } from "@keyline/runtime/tools";
import { z } from "zod";

/** An event of these tests. */
export interface OrderEvent {
  readonly id: string;
  readonly order: string;
  readonly at: string;
  /** Tells the test which event this is. */
  readonly n: number;
  readonly note?: string;
}

type OrderInput = Pick<OrderEvent, "order" | "n"> & Partial<OrderEvent>;

export const partitions = 3;

const orders: DomainDescriptor = {
  kind: "domain",
  name: "orders",
  partitioner: "murmur2",
  keyType: "string",
  partitions,
  topics: ["orders.placed", "orders.paid"],
};

const declared = { properties: { id: {}, order: {}, at: {}, n: {}, note: {} } } as const;

const message = (name: string): MessageDescriptor<OrderEvent, OrderInput> => ({
  kind: "message",
  format: 1,
  name,
  schema: z.looseObject({
    id: z.string(),
    order: z.string(),
    at: z.string(),
    n: z.number(),
    note: z.string().optional(),
  }) as unknown as z.ZodType<OrderEvent>,
  declared,
  key: ["order"],
  fill: [
    { path: ["id"], with: "id" },
    { path: ["at"], with: "now" },
  ],
  id: ["id"],
  type: null,
  time: ["at"],
  correlation: null,
});

const topic = <M extends { readonly [name: string]: MessageDescriptor }>(
  name: string,
  messages: M,
): TopicDescriptor<M, never> => ({
  kind: "topic",
  format: 1,
  name,
  address: `orders.${name}`,
  parameters: [],
  domain: orders,
  partitions,
  wire: "cloudevents",
  messages,
});

const logged: MessageDescriptor<{ readonly n: number }, { readonly n: number }> = {
  ...(message("Logged") as unknown as MessageDescriptor<{ readonly n: number }, { readonly n: number }>),
  schema: z.looseObject({ n: z.number() }),
  declared: true,
  key: null,
  fill: [],
  id: null,
  time: null,
};

/** Two topics of one domain, the second with two messages, and one without keys whose address has a parameter. */
export const topics = {
  placed: topic("placed", { placed: message("OrderPlaced") }),
  paid: topic("paid", { byCard: message("PaidByCard"), byCheque: message("PaidByCheque") }),
  logged: {
    kind: "topic",
    format: 1,
    name: "logged",
    address: "audit.{region}",
    parameters: ["region"],
    domain: null,
    partitions: 2,
    wire: "cloudevents",
    messages: { logged },
  } satisfies TopicDescriptor<{ logged: typeof logged }, "region">,
};

/** What the cluster has to have for them. */
export const topicCounts = { "orders.placed": partitions, "orders.paid": partitions, "audit.eu": 2 };
