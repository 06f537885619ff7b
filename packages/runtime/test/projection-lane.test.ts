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
  const handled: number[] = [];
  await using projector = createProjector({
    projection: shipping,
    transport: cluster.transport(),
    store,
    hooks: { fenced: ({ lane }) => void fenced.push(lane), handled: ({ partition }) => void handled.push(partition) },
  });
  await projector.start();
  {
    await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
    await producer.orderPaid({ order_id: 7 });
  }
  await until("it is applied", () => handled.length === 1);
  isTakenAgain = true;
  for (let lane = 0; lane < 5; lane += 1) await inner.takeLane({ app: "shipping", domain: orders.name, lane });
  gate.resolve();
  await until("it is fenced", () => fenced.some((lane) => handled.includes(lane)));
  expect(sentOf(cluster)).toBe(0);
  await projector.caughtUp();
  expect(sentOf(cluster)).toBe(1);
});

test("a projector that is closed while it waits for the store to open its lanes waits no longer", async () => {
  const cluster = orderCluster();
  const { store, asked } = storeWith(() => Promise.reject(away()));
  const projector = createProjector({ projection: shipping, transport: cluster.transport(), store });
  const started = projector.start().catch(() => undefined);
  await until("the store is asked for each lane", () => asked() >= 5);
  const startedMs = performance.now();
  await projector.close();
  await started;
  expect(performance.now() - startedMs).toBeLessThan(20_000);
  const askedByThen = asked();
  await sleep(300);
  expect(asked()).toBe(askedByThen);
});

test("a lane that is lost while it waits for the store is not taken when the store is back", async () => {
  const cluster = orderCluster();
  let isAway = true;
  const { store, asked } = storeWith((name, lane) => {
    if (isAway && name === "takeLane" && lane === 3) throw away();
  });
  const taken: number[] = [];
  const lost: string[] = [];
  const process = cluster.transport();
  const projector = createProjector({
    projection: shipping,
    transport: process,
    store,
    hooks: {
      laneTaken: ({ lane }) => void taken.push(lane),
      laneLost: ({ lane, reason }) => void lost.push(`${lane} ${reason}`),
    },
  });
  const ended = projector.run();
  await until("the store is asked again", () => asked() >= 7);
  expect(taken.toSorted()).toEqual([0, 1, 2, 4]);
  // Out of its group, and in it again at once.
  cluster.faults.stall(process, { expireAfterMs: 0 })();
  await until("the other lanes are lost", () => lost.length === 4);
  expect(lost.toSorted()).toEqual(["0 lost", "1 lost", "2 lost", "4 lost"]);
  isAway = false;
  await until("all are taken", () => taken.length === 9);
  expect(taken.slice(4).toSorted()).toEqual([0, 1, 2, 3, 4]);
  await projector.close();
  await ended;
});

test("where one lane cannot be opened, the projector fails at once, though another lane waits for the store", async () => {
  const cluster = orderCluster();
  const { store } = storeWith((_, lane) => {
    throw lane === 3 ? new KeylineError("store_format", "the store is of another format") : away();
  });
  await using projector = createProjector({ projection: shipping, transport: cluster.transport(), store });
  const startedMs = performance.now();
  await expect(projector.run()).rejects.toMatchObject({ code: "store_format" });
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});
