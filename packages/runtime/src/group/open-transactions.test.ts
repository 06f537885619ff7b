import { expect, test } from "vitest";
import type { Transport } from "../ports/transport.js";
import { createOpenTransactions, createTransactionWatch } from "./open-transactions.js";

const U = { topic: "u", partition: 0 };

function cluster() {
  const now = { ms: 0, stable: 5, end: 5, fails: false };
  const transport = {
    stableEnds: async () => {
      if (now.fails) throw new Error("no broker");
      return [now.stable];
    },
    logRanges: async () => [{ start: 0, end: now.end }],
  } as unknown as Transport;
  return { now, transport, nowMs: () => now.ms };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a transaction is told with its place and for how long it has been open; one that ended is not", async () => {
  const { now, transport, nowMs } = cluster();
  const { look } = createOpenTransactions(transport, nowMs);
  expect(await look([U])).toEqual([]);
  now.end = 9;
  expect(await look([U])).toEqual([]);
  now.ms = 4000;
  expect(await look([U])).toEqual([{ ...U, offset: 5, openMs: 4000 }]);
  now.stable = 9;
  expect(await look([U])).toEqual([]);
});

test("a log that grew while it was asked is not taken for one with a transaction", async () => {
  const { now, transport, nowMs } = cluster();
  const { look } = createOpenTransactions(transport, nowMs);
  for (const end of [6, 7, 8]) {
    now.end = end;
    now.stable = end - 1;
    expect(await look([U])).toEqual([]);
  }
});

test("the watch looks every five seconds, tells of one that was open for ten, and goes on after a failure", async () => {
  const { now, transport, nowMs } = cluster();
  const told: number[] = [];
  const watch = createTransactionWatch({
    ...{ transport, nowMs, partitions: () => [U] },
    told: ({ openMs }) => void told.push(openMs),
  });
  now.end = 6;
  for (const ms of [0, 1000, 5000, 10_000, 12_000, 15_000]) {
    now.ms = ms;
    now.fails = ms === 5000;
    watch.tick();
    await settled();
  }
  expect(told).toEqual([10_000, 15_000]);
});
