import { expect, test } from "vitest";
import { createMemoryStore } from "../testing/memory-store.js";
import { newRow } from "./key-state.js";
import { createLaneRows, reservedKey } from "./lane-rows.js";

const lane = { app: "shipping", domain: "accounts", lane: 0 };
const projection = {
  kind: "projection",
  ...{ name: "shipping", on: {}, reads: {}, emits: {} },
  initial: () => "new",
} as const;

/** The key's text under which the version before kept what a lane did with records without a key. */
const former = "\u0000lane 0";

async function open(
  rows: readonly { key: string; state: unknown; applied: Record<string, number>; recent?: string[] }[],
) {
  const store = createMemoryStore();
  const { epoch } = await store.takeLane(lane);
  const states = rows.map(({ key, state, applied, recent = [] }) => ({
    ...{ key, version: 0, state, lane: 0, dueAtMs: null },
    meta: { ...newRow(key).meta, applied, recent },
  }));
  const nothing = { positions: [], outboxAdded: [], outboxRemoved: [], parkedAdded: [], parkedRemoved: [] };
  await store.write({ ...lane, epoch }, { ...nothing, firings: [], commands: [], states });
  return createLaneRows({ store, lane, projection, cachedKeys: 10, perLoad: 10 });
}

test("a lane knows what it refused when its row was named as a key may be, and since", async () => {
  const rows = await open([
    { key: former, state: null, applied: { "a/0": 7, "b/0": 2 } },
    { key: reservedKey(0), state: null, applied: { "a/0": 3, "b/0": 4 } },
  ]);
  await rows.load([reservedKey(0)]);
  expect(rows.get(reservedKey(0))).toMatchObject({ version: 1, meta: { applied: { "a/0": 7, "b/0": 4 } } });
});

test("a key whose text is what a lane's row was named begins with its own state", async () => {
  const rows = await open([{ key: former, state: null, applied: { "a/0": 7 } }]);
  await rows.load([former]);
  expect(rows.get(former)).toMatchObject({ version: 1, state: "new", meta: { applied: {} } });
});

test("a key whose text is what a lane's row was named keeps its own row", async () => {
  const rows = await open([{ key: former, state: null, applied: { "a/0": 7 }, recent: ["an id"] }]);
  await rows.load([former, reservedKey(0)]);
  expect(rows.get(former)).toMatchObject({ version: 1, state: null, meta: { applied: { "a/0": 7 } } });
  expect(rows.get(reservedKey(0))).toMatchObject({ version: 0, meta: { applied: {} } });
});

test("no key that UTF-8 can say is the reserved one", () => {
  expect(reservedKey(0).isWellFormed()).toBe(false);
});
