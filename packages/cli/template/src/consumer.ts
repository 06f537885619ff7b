import type { Consumer, Hooks, Transport } from "@keyline/runtime";
import { createConsumer } from "../packages/consumer";

/** Handles an order's events one after the other, each after what caused it; orders run side by side. */
export const consume = (transport: Transport, hooks: Hooks = {}): Consumer =>
  createConsumer({
    transport,
    groupId: "mailer",
    hooks,
    on: {
      orderPlaced: (event, { key }) => console.log(`received  order ${key} was placed: ${event.total}`),
      orderPaid: (event, { key }) => console.log(`received  order ${key} was paid: ${event.amount}`),
    },
  });
