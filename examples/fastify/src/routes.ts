import { createOutbox } from "@keyline/outbox";
import { stateReader } from "@keyline/runtime";
import type { FastifyInstance } from "fastify";
import { balance } from "./balance.ts";
import { type OrderPaidInput, type OrderPlacedInput, topics } from "./keyline/events.ts";
import type { Resources } from "./resources.ts";

export function addRoutes(app: FastifyInstance, { database, store }: Resources): void {
  const outbox = createOutbox(topics, { source: "shop" });
  const balances = stateReader(balance, store);

  // The order and its event are committed together, or neither is. Any library's transaction will do for `within`.
  app.post<{ Body: OrderPlacedInput }>("/orders", async ({ body: { order_id, total } }, reply) => {
    await database.transaction(async (tx) => {
      await outbox.within((sql, params) => tx.query(sql, params)).orderPlaced({ order_id, total });
      await tx.query("insert into orders (id, total) values ($1, $2)", [order_id, total]);
    });
    return reply.code(202).send();
  });

  app.post<{ Params: { id: number }; Body: OrderPaidInput }>(
    "/orders/:id/payments",
    async ({ params, body }, reply) => {
      const paid = { order_id: Number(params.id), amount: body.amount };
      await database.transaction((tx) => outbox.within((sql, values) => tx.query(sql, values)).orderPaid(paid));
      return reply.code(202).send();
    },
  );

  app.get<{ Params: { id: string } }>("/orders/:id", async ({ params }, reply) => {
    return (await balances.get(params.id)) ?? reply.code(404).send();
  });
}
