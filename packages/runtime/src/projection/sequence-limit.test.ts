import { expect, test } from "vitest";
import { KeylineError } from "../errors.js";
import type { Transport } from "../ports/transport.js";
import { createSequenceLimit } from "./sequence-limit.js";

/** A limit over two topics whose logs end at 40 and 60; `asked` counts the questions. */
function limitOver(fails = false) {
  const world = { asked: 0, nowMs: 10 };
  const transport = {
    partitionCounts: async () =>
      new Map([
        ["one", 12],
        ["other", 12],
        ["small", 2],
      ]),
    logRanges: async () => {
      world.asked += 1;
      if (fails) throw new KeylineError("transport_denied", "no DESCRIBE");
      return [
        { start: 30, end: 40 },
        { start: 0, end: 60 },
      ];
    },
  } as unknown as Transport;
  const lane = { app: "tally", domain: "orders", lane: 3 };
  const limit = createSequenceLimit({ transport, lane, topics: ["one", "other", "small"], nowMs: () => world.nowMs });
  return { world, limit, never: new AbortController().signal };
}

test("is the sum of the ends of the lane's logs, asked for only by a number above it", async () => {
  const { world, limit, never } = limitOver();
  expect(limit.highest()).toBe(0);
  await limit.reach(7, 1, never);
  expect([limit.highest(), world.asked]).toEqual([100, 1]);
  await limit.reach(100, 50, never);
  expect(world.asked).toBe(1);
});

test("one answer serves every event that had arrived; only a later one asks again", async () => {
  const { world, limit, never } = limitOver();
  for (const arrivedAtMs of [1, 2, 9]) await limit.reach(999_999, arrivedAtMs, never);
  expect(world.asked).toBe(1);
  world.nowMs = 30;
  await limit.reach(999_999, 20, never);
  expect(world.asked).toBe(2);
});

test("a broker that refuses to say has not said that the number cannot be: it is asked again", async () => {
  const { world, limit, never } = limitOver(true);
  for (const asked of [1, 2]) {
    await expect(limit.reach(7, 1, never)).rejects.toMatchObject({ code: "transport_denied" });
    expect([limit.highest(), world.asked]).toEqual([0, asked]);
  }
});
