import { expect, expectTypeOf, test } from "vitest";
import type { Outbox } from "../src/index.js";
import { createTestOutbox } from "../src/testing/index.js";
import { type OrderEvent, topics } from "./topics.js";

test("what is written is collected, by topic and in order, and held against its contract", async () => {
  const outbox = createTestOutbox(topics);
  const service = async (using: Outbox<typeof topics>) => {
    const writer = using.within(async () => []);
    await writer.placed({ order: "a", n: 1 }, { headers: { tenant: "t" } });
    await writer.paid.byCard({ order: "a", n: 2 });
  };
  await service(outbox);
  expect(outbox.written.placed).toMatchObject([
    { message: "placed", key: "a", event: { order: "a", n: 1, id: expect.any(String) }, headers: { tenant: "t" } },
  ]);
  expectTypeOf(outbox.written.placed[0]?.event).toEqualTypeOf<OrderEvent | undefined>();
  expect(outbox.all.map(({ topic, message }) => `${topic}.${message}`)).toEqual(["placed.placed", "paid.byCard"]);
  await expect(outbox.within(async () => []).placed({ order: "", n: 1 })).rejects.toThrow("key_invalid");
  outbox.clear();
  expect(outbox.written.paid).toEqual([]);
});
