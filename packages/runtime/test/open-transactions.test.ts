import { afterEach, expect, test, vi } from "vitest";
import { createConsumer } from "../src/handler/create-consumer.js";
import { orderCluster, topics, until } from "./support.js";

afterEach(() => void vi.restoreAllMocks());

test("a consumer tells by its hook of a transaction that keeps it from reading on", async () => {
  const real = performance.now.bind(performance);
  let laterMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => real() + laterMs);
  const cluster = orderCluster();
  const told: unknown[] = [];
  const hooks = {
    transactionOpen: ({ openMs, ...place }: { readonly openMs: number }) => void (openMs >= 10_000 && told.push(place)),
  };
  const place = { topic: "order.placed", partition: 0 };
  const transport = cluster.transport();
  const asked = vi.spyOn(transport, "logRanges");
  const consumer = createConsumer(topics, {
    transport,
    groupId: "mailer",
    on: { orderPlaced: () => undefined },
    hooks,
  });
  await consumer.start();
  const end = cluster.faults.openTransaction(place);
  cluster.faults.produce({ ...place, key: Buffer.from("7"), value: Buffer.from("{}") });
  for (const look of [1, 2, 3]) {
    await until(`look ${look}`, () => asked.mock.calls.length >= look && told.length === (look < 3 ? 0 : 1));
    laterMs += 6000;
  }
  expect(told).toEqual([{ group: "mailer", ...place, offset: 0 }]);
  end();
  await consumer.close();
});
