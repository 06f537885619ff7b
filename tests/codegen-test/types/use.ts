// Uses of the SDK that is generated from the feature `envelope`: what compiles, and what must not. Compiled by
// types.test.ts; never run.

// @boundaries-ignore generated before this is compiled
import { createConsumer, defineProjection } from "@envelope/consumer";
// @boundaries-ignore generated before this is compiled
import type { OrderCreated, OrderCreatedInput } from "@envelope/events";
// @boundaries-ignore generated before this is compiled
import { createProducer } from "@envelope/producer";
import type { Transport } from "@keyline/runtime";

declare const transport: Transport;
const producer = createProducer({ transport, source: "shop" });

export const fine: readonly Promise<unknown>[] = [
  producer.orderCreated({ order_id: 7, payload: { total: 1 } }),
  producer.orderCreated({ order_id: 7, payload: { total: 1, note: "gift" }, correlation_id: "c", timestamp: "t" }),
];

// @ts-expect-error a required field is missing
producer.orderCreated({ payload: { total: 1 } });
// @ts-expect-error a required field of the payload is missing
producer.orderCreated({ order_id: 7, payload: {} });
// @ts-expect-error a field has the wrong type
producer.orderCreated({ order_id: "7", payload: { total: 1 } });
// @ts-expect-error a field of the payload has the wrong type
producer.orderCreated({ order_id: 7, payload: { total: "1" } });
// @ts-expect-error a field's name is misspelt
producer.orderCreated({ order_id: 7, payload: { total: 1 }, correlation: "c" });
// @ts-expect-error a name in the payload is misspelt
producer.orderCreated({ order_id: 7, payload: { total: 1, nota: "gift" } });
// @ts-expect-error the event's type is the topic's
producer.orderCreated({ order_id: 7, payload: { total: 1 }, event_type: "order.deleted" });
// @ts-expect-error the contract has no such topic
producer.orderDeleted({ order_id: 7, payload: { total: 1 } });
// @ts-expect-error the key follows from the payload: none can be passed
producer.orderCreated({ order_id: 7, payload: { total: 1 } }, { key: "8" });
// @ts-expect-error nor can a partition
producer.orderCreated({ order_id: 7, payload: { total: 1 } }, { partition: 3 });
// @ts-expect-error a producer needs a transport
createProducer({ source: "shop" });

export const read = (event: OrderCreated): number => event.payload.total + event.order_id;
export const isOptional: OrderCreatedInput["timestamp"] = undefined;

createConsumer({
  transport,
  groupId: "mailer",
  on: {
    orderCreated: (event, ctx) => {
      const total: number = event.payload.total;
      const offset: number = ctx.offset;
      // @ts-expect-error a reader sees only what the contract declares
      event.payload.nota;
      return void [total, offset];
    },
  },
});
createConsumer({
  transport,
  groupId: "mailer",
  // @ts-expect-error the contract has no such topic
  on: { orderDeleted: () => {} },
});

defineProjection({
  name: "totals",
  initial: () => ({ total: 0 }),
  on: {
    orderCreated: (state, event, ctx) => {
      ctx.emit.orderCreated({ order_id: event.order_id, payload: { total: state.total } });
      // @ts-expect-error an emitted event fits the contract too
      ctx.emit.orderCreated({ order_id: event.order_id, payload: { total: "1" } });
      return { total: state.total + event.payload.total };
    },
  },
});
defineProjection({
  name: "totals",
  initial: () => ({ total: 0 }),
  // @ts-expect-error a reducer returns the state
  on: { orderCreated: () => "state" },
});
