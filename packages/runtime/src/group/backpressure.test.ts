import { expect, test } from "vitest";
import { createLaneQueue } from "../lane/lane-queue.js";
import type { Transport, TransportConsumer } from "../ports/transport.js";
import { createBackpressure } from "./backpressure.js";
import { createByteBudget } from "./byte-budget.js";

const U = { topic: "u", partition: 0 };
const V = { topic: "v", partition: 0 };

/** A lane of two partitions, each with room for two unfinished events, unless otherwise said. */
function lane({ bufferRecords = 2, bufferBytes = 1000 } = {}) {
  const paused: string[] = [];
  const consumer = {
    pause: ([log]: readonly [typeof U]) => void paused.push(log.topic),
    resume: ([log]: readonly [typeof U]) => void paused.splice(paused.indexOf(log.topic), 1),
  } as unknown as TransportConsumer;
  const queue = createLaneQueue<null>({ nowMs: () => 0 });
  const budget = createByteBudget(bufferBytes, () => [queue]);
  const pressure = createBackpressure({ transport: {} as Transport, consumer: () => consumer, bufferRecords, budget });
  queue.open(U, 0);
  queue.open(V, 0);
  const fetch = (
    place: typeof U,
    offset: number,
    orderKey: string,
    causes: readonly (typeof U & { offset: number })[] = [],
    bytes = 1,
  ) => {
    queue.add(place, offset + 1, [{ ...place, offset, orderKey, causes, bytes, item: null }]);
    budget.arrived(bytes);
    pressure.regulate(queue);
  };
  const finish = () => {
    const work = queue.take();
    if (!work) throw new Error("nothing to finish");
    queue.settle(work);
    queue.finish(work);
    budget.measure();
    pressure.regulate(queue);
  };
  return { queue, paused, fetch, finish };
}

test("a full partition is paused", () => {
  const { fetch, paused } = lane();
  for (const offset of [0, 1]) fetch(V, offset, "b");
  expect(paused).toEqual(["v"]);
});

test("a partition that a held event waits for is fetched on beyond its limit, with every batch, until its cause is there", () => {
  const { fetch, paused, queue } = lane();
  fetch(U, 0, "a", [{ ...V, offset: 5 }]);
  expect(queue.take()).toBeNull();
  for (const offset of [0, 1, 2, 3, 4]) fetch(V, offset, "b");
  expect(paused).toEqual([]);
  fetch(V, 5, "a");
  expect(queue.take()?.orderKey).toBe("b");
  expect(queue.take()?.orderKey).toBe("a");
  fetch(V, 6, "b");
  expect(paused).toEqual(["v"]);
});

test("a partition whose events are large is paused, and goes on when they are finished; each passes, however large", () => {
  const { fetch, finish, paused } = lane({ bufferRecords: 100, bufferBytes: 100 });
  fetch(U, 0, "a", [], 5000);
  expect(paused).toEqual(["u"]);
  finish();
  expect(paused).toEqual([]);
  fetch(U, 1, "a", [], 5000);
  expect(paused).toEqual(["u"]);
});

test("one partition may hold what the others leave; each keeps a share of its own", () => {
  const { fetch, paused } = lane({ bufferRecords: 100, bufferBytes: 100 });
  for (let offset = 0; offset < 4; offset += 1) fetch(U, offset, "a", [], 10);
  expect(paused).toEqual([]);
  fetch(U, 4, "a", [], 10);
  expect(paused).toEqual(["u"]);
  fetch(V, 0, "b", [], 20);
  expect(paused).toEqual(["u"]);
  fetch(V, 1, "b", [], 20);
  expect(paused).toEqual(["u", "v"]);
});

test("a budget of no bytes is refused", () => {
  expect(() => lane({ bufferBytes: 0 })).toThrow(/bufferBytes is 0: give a number of bytes, 1 or more/);
});
