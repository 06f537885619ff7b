import assert from "node:assert/strict";
import test from "node:test";
import { openResources } from "../src/resources.ts";
import { createShop } from "../src/shop.ts";

test("an order owes its total until it is paid; one that is not committed has no event", async (t) => {
  const { app, start, projector, all } = createShop(openResources(), false);
  t.after(async () => {
    for (const open of all) await open.close();
  });
  await start();
  const post = async (url: string, payload: object) => (await app.inject({ method: "POST", url, payload })).statusCode;
  const owed = async () => (await app.inject("/orders/1001")).body;

  assert.equal(await post("/orders", { order_id: 1001, total: 2500 }), 202);
  assert.equal(await post("/orders", { order_id: 1001, total: 9900 }), 500, "it is there already");
  assert.equal(await post("/orders", { order_id: 1001, total: "much" }), 400);
  while ((await owed()) !== '{"owed":2500}') await projector.caughtUp();

  assert.equal(await post("/orders/1001/payments", { amount: 2500 }), 202);
  while ((await owed()) !== '{"owed":0}') await projector.caughtUp();
});
