import type { Consumer, Hooks, Transport } from "@keyline/runtime";
import type { Tracing } from "@keyline/runtime/tracing";
import { createConsumer } from "../packages/consumer";

interface Observed {
  readonly hooks?: Hooks;
  readonly tracing?: Tracing;
}

/** Handles an order's events one after the other, each after what caused it; orders run side by side. */
export const consume = (transport: Transport, observed: Observed = {}): Consumer =>
  createConsumer({
    transport,
    groupId: "mailer",
    ...observed,
    on: {
      orderPlaced: (event, { key }) => console.log(`received  order ${key} was placed: ${event.total}`),
      orderPaid: (event, { key }) => console.log(`received  order ${key} was paid: ${event.amount}`),
    },
  });
