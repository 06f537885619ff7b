import { expect, test } from "vitest";
import { createLaneQueue } from "../lane/lane-queue.js";
import type { Transport, TransportConsumer } from "../ports/transport.js";
import { createBackpressure } from "./backpressure.js";

const U = { topic: "u", partition: 0 };
const V = { topic: "v", partition: 0 };

/** A lane of two partitions, each with room for two unfinished events. */
function lane() {
  const paused: string[] = [];
  const consumer = {
    pause: ([log]: readonly [typeof U]) => void paused.push(log.topic),
    resume: ([log]: readonly [typeof U]) => void paused.splice(paused.indexOf(log.topic), 1),
  } as unknown as TransportConsumer;
  const queue = createLaneQueue<null>({ nowMs: () => 0 });
  const pressure = createBackpressure({ transport: {} as Transport, consumer: () => consumer, bufferRecords: 2 });
  queue.open(U, 0);
  queue.open(V, 0);
  const fetch = (
    place: typeof U,
    offset: number,
    orderKey: string,
    causes: readonly (typeof U & { offset: number })[] = [],
  ) => {
    queue.add(place, offset + 1, [{ ...place, offset, orderKey, causes, item: null }]);
    pressure.regulate(queue);
  };
  return { queue, paused, fetch };
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
