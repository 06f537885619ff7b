import { expect, test } from "vitest";
import { createProducer } from "../src/producer/create-producer.js";
import { createProjector } from "../src/projection/create-projector.js";
import { defineProjection } from "../src/projection/define.js";
import { createMemoryStore } from "../src/testing/index.js";
import { orderCluster, topics, until } from "./support.js";

/** Its timer sets another one in the past, again and again. */
const restless = defineProjection<readonly string[], typeof topics>(topics, {
  name: "restless",
  initial: () => [],
  on: {
    orderPlaced: (notes, { note = "" }, ctx) => {
      if (note === "restless") ctx.timer.set("again", Date.UTC(2026, 0, 1));
      return [...notes, note];
    },
  },
  onTimer: (notes, _, ctx) => {
    ctx.timer.set("again", Date.UTC(2026, 0, 1) - 1 - notes.length);
    return notes;
  },
});

test("timers of a key that set each other without end are given up; its later events are applied", async () => {
  const cluster = orderCluster();
  const store = createMemoryStore();
  const dropped: string[] = [];
  const hooks = { timerDropped: ({ timer }: { readonly timer: string }) => void dropped.push(timer) };
  const retry = { attempts: 3, firstDelayMs: 1 };
  const transport = cluster.transport();
  await using projector = createProjector({ projection: restless, transport, store, hooks, retry });
  await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
  await projector.start();
  await producer.orderPlaced({ order_id: 7, note: "restless" });
  await until("it is given up", () => dropped.length > 0);
  await producer.orderPlaced({ order_id: 7, note: "later" });
  await projector.caughtUp();
  expect(dropped).toEqual(["again"]);
  const rows = await store.readStates({ app: "restless", domain: "orders" }, ["7"]);
  expect(rows.get("7")?.state).toEqual(["restless", "later"]);
});
