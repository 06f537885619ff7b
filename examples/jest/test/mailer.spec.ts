import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "../src/keyline/events";
import { createProducer } from "../src/keyline/producer";
import { createMailer } from "../src/mailer";

test("a customer hears of an order, then of its payment", async () => {
  const cluster = createMemoryCluster({ topics });
  const mail = jest.fn();
  const mailer = createMailer(cluster.transport(), mail);
  const producer = createProducer({ transport: cluster.transport(), source: "shop" });

  await mailer.start();
  producer.orderPlaced({ order_id: 1001, total: 2500 });
  await producer.orderPaid({ order_id: 1001, amount: 2500 });
  await mailer.caughtUp();
  expect(mail.mock.calls).toEqual([["order 1001 was placed: 2500"], ["order 1001 was paid: 2500"]]);

  await producer.close();
  await mailer.close();
});
