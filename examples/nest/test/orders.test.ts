import "reflect-metadata";
import type { Consumer } from "@keyline/runtime";
import { Test } from "@nestjs/testing";
import { expect, test, vi } from "vitest";
import { AppModule } from "../src/app.module.ts";
import { CONSUMER } from "../src/keyline.module.ts";
import { MailerHandler } from "../src/mailer.handler.ts";

test("the mailer hears of an order, then of its payment", async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication();
  await app.listen(0);
  const mailer = app.get(MailerHandler);
  const placed = vi.spyOn(mailer, "orderPlaced");
  const paid = vi.spyOn(mailer, "orderPaid");
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    return fetch(`${await app.getUrl()}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  };

  expect((await post("/orders", { order_id: 1001, total: 2500 })).status).toBe(202);
  expect((await post("/orders/1001/payments", { amount: 2500 })).status).toBe(202);
  await app.get<Consumer>(CONSUMER).caughtUp();
  expect(placed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ order_id: 1001, total: 2500 }));
  expect(paid).toHaveBeenCalledAfter(placed);

  const refused = await post("/orders", { order_id: 1001, total: "much" });
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("total")]);
  await app.close();
});
