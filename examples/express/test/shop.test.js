import assert from "node:assert/strict";
import test from "node:test";
import { createShop } from "../src/shop.js";
import { openTransport } from "../src/transport.js";

test("customers hear of an order, then of its payment", async (t) => {
  const mails = [];
  const transport = openTransport();
  const { app, mailer, producer } = createShop(transport, (text) => mails.push(text));
  const server = app.listen(0);
  const post = (path, body) =>
    fetch(`http://localhost:${server.address().port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  t.after(async () => {
    server.close();
    for (const open of [mailer, producer, transport]) await open.close();
  });

  await mailer.start();
  assert.equal((await post("/orders", { order_id: 1001, total: 2500 })).status, 202);
  assert.equal((await post("/orders/1001/payments", { amount: 2500 })).status, 202);
  await mailer.caughtUp();
  assert.deepEqual(mails, ["order 1001 was placed: 2500", "order 1001 was paid: 2500"]);

  const refused = await post("/orders", { order_id: 1001, total: "much" });
  assert.equal(refused.status, 400);
  assert.match((await refused.json()).error, /total/);
});
