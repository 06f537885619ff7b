import { expect, test } from "vitest";
import type { LaneChanges } from "../ports/store.js";
import { createMemoryStore } from "./memory-store.js";

// The store's own package holds it to all that databases are held to; here is what it does alone.
const lane = { app: "progress", domain: "students", lane: 3 };
const states = (state: unknown): LaneChanges => ({
  positions: [],
  states: [{ key: "42", version: 0, state, meta: null, lane: 3, dueAtMs: null }],
  outboxAdded: [],
  outboxRemoved: [],
  parkedAdded: [],
  parkedRemoved: [],
  firings: [],
  commands: [],
});

test("two stores share nothing", async () => {
  const [one, two] = [createMemoryStore(), createMemoryStore()];
  await one.write({ ...lane, ...(await one.takeLane(lane)) }, states({ n: 1 }));
  expect((await one.readStates(lane, ["42"])).size).toBe(1);
  expect((await two.readStates(lane, ["42"])).size).toBe(0);
  expect((await two.takeLane(lane)).epoch).toBe(1);
});

test("a lane that was never taken cannot be written, and its write shows nowhere", async () => {
  const store = createMemoryStore();
  await expect(store.write({ ...lane, epoch: 0 }, states(1))).rejects.toMatchObject({ code: "lane_fenced" });
  expect((await store.readStates(lane, ["42"])).size).toBe(0);
});

test("gives back what JSON would, with the sign of zero", async () => {
  const store = createMemoryStore();
  const given = { at: new Date(0), gone: undefined, zero: -0 };
  await store.write({ ...lane, ...(await store.takeLane(lane)) }, states(given));
  const found = (await store.readStates(lane, ["42"])).get("42")?.state;
  expect(found).toStrictEqual({ at: "1970-01-01T00:00:00.000Z", zero: -0 });
});
