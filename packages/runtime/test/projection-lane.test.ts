import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { KeylineError } from "../src/errors.js";
import type { Store } from "../src/ports/store.js";
import { createProducer } from "../src/producer/create-producer.js";
import { createProjector } from "../src/projection/create-projector.js";
import { defineProjection } from "../src/projection/define.js";
import { createMemoryStore } from "../src/testing/index.js";
import { orderCluster, orders, topics, until } from "./support.js";

/** Sends an order on when it is paid. */
const shipping = defineProjection<null, typeof topics>(topics, {
  name: "shipping",
  initial: () => null,
  on: {
    orderPaid: (state, { order_id }, ctx) => {
      ctx.emit.orderSent({ order_id });
      return state;
    },
  },
});

const away = () => new KeylineError("store_unavailable", "the store is away");

/** A store that counts how often a lane of it is asked for; `call` comes before each of the calls named. */
function storeWith(call: (name: "takeLane" | "holds", lane: number) => Promise<void> | void) {
  const inner = createMemoryStore();
  let asked = 0;
  const store: Store = {
    ...inner,
    async takeLane(lane) {
      asked += 1;
      await call("takeLane", lane.lane);
      return inner.takeLane(lane);
    },
    async holds(lane) {
      await call("holds", lane.lane);
      return inner.holds(lane);
    },
  };
  return { inner, store, asked: () => asked };
}

const sentOf = (cluster: ReturnType<typeof orderCluster>) =>
  Array.from({ length: 5 }, (_, partition) => cluster.records("order.sent", partition).length).reduce((a, b) => a + b);

test("a projection that is fenced has caught up only once it has taken its lane again and published what it found", async () => {
  const cluster = orderCluster();
  const gate = Promise.withResolvers<void>();
  let isTakenAgain = false;
  const { inner, store } = storeWith(async (name) => {
    if (name === "holds") await gate.promise;
    // The answer takes its time: the lane's ownership is in doubt meanwhile.
    else if (isTakenAgain) await sleep(50);
  });
  const fenced: number[] = [];
  let handled = 0;
  await using projector = createProjector({
    projection: shipping,
    transport: cluster.transport(),
    store,
    hooks: { fenced: ({ lane }) => void fenced.push(lane), handled: () => void handled++ },
  });
  await projector.start();
  {
    await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
    await producer.orderPaid({ order_id: 7 });
  }
  await until("it is applied", () => handled === 1);
  isTakenAgain = true;
  for (let lane = 0; lane < 5; lane += 1) await inner.takeLane({ app: "shipping", domain: orders.name, lane });
  gate.resolve();
  await until("it is fenced", () => fenced.length === 1);
  expect(sentOf(cluster)).toBe(0);
  await projector.caughtUp();
  expect(sentOf(cluster)).toBe(1);
});
