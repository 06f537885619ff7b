import type { Transport } from "@keyline/runtime";
import { type Consumer, createConsumer } from "./keyline/consumer";

/** Writes to customers: of each order one event at a time, in order. */
export const createMailer = (transport: Transport, mail: (text: string) => void): Consumer =>
  createConsumer({
    transport,
    groupId: "mailer",
    on: {
      orderPlaced: (event) => mail(`order ${event.order_id} was placed: ${event.total}`),
      orderPaid: (event) => mail(`order ${event.order_id} was paid: ${event.amount}`),
    },
  });
