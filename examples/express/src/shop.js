import { isKeylineError } from "@keyline/runtime";
import express from "express";
import { createConsumer } from "./keyline/consumer.ts";
import { createProducer } from "./keyline/producer.ts";

/** The routes, and the consumer that writes to customers. */
export function createShop(transport, mail = console.log) {
  const producer = createProducer({ transport, source: "shop" });
  const mailer = createConsumer({
    transport,
    groupId: "mailer",
    on: {
      orderPlaced: (event) => mail(`order ${event.order_id} was placed: ${event.total}`),
      orderPaid: (event) => mail(`order ${event.order_id} was paid: ${event.amount}`),
    },
  });

  const app = express();
  app.use(express.json());
  app.post("/orders", async ({ body }, response) => {
    response.status(202).json(await producer.orderPlaced({ order_id: body.order_id, total: body.total }));
  });
  app.post("/orders/:id/payments", async ({ params, body }, response) => {
    response.status(202).json(await producer.orderPaid({ order_id: Number(params.id), amount: body.amount }));
  });
  app.use((error, _request, response, next) => {
    const isInvalid = isKeylineError(error) && error.code === "payload_invalid";
    return isInvalid ? response.status(400).json({ error: error.message }) : next(error);
  });
  return { app, mailer, producer };
}
