import type { Store } from "@keyline/runtime";
import type { LaneChanges, LaneId, OwnedLane } from "@keyline/runtime/store";
import { createMemoryStore, createRandom } from "@keyline/runtime/testing";
import { expect, test } from "vitest";
import { codeOf, contentOf, newLane, nothing, type OpenStore, outbox, parked, position, state } from "./support.js";

const keys = ["1", "2", "3"];
const topics = ["code.executed", "quiz"];
type Below = (limit: number) => number;

/** What a lane holds, as far as an owner that makes no mistake would know. */
interface Known {
  readonly next: Map<string, number>;
  readonly outbox: Set<number>;
  readonly parked: Set<number>;
}

const nothingKnown = (): Known => ({ next: new Map(), outbox: new Set(), parked: new Set() });

/** The same calls, right and wrong ones, give the same answers as the memory store. */
export function sameAsMemory(open: OpenStore): void {
  test.each([1, 2, 3, 4])("does what the memory store does under random calls (seed %i)", async (seed) => {
    const { below } = createRandom(seed);
    const memory = createMemoryStore();
    const app = newLane();
    const lanes = [3, 4].map((lane) => ({ ...app, lane }));
    const known = new Map(lanes.map(({ lane }) => [lane, nothingKnown()]));
    const owners: OwnedLane[] = [];
    const codes: string[] = [];
    for (let call = 0; call < 150; call += 1) {
      const lane = lanes[below(2)] ?? app;
      if (call < 2 || below(8) === 0) {
        owners.push({ ...lane, epoch: await takeBoth(open(), memory, lane) });
        continue;
      }
      const owner = owners.at(-1 - below(Math.min(3, owners.length))) ?? { ...lane, epoch: 1 };
      const held = known.get(owner.lane) ?? nothingKnown();
      const changes = await randomChanges(below, memory, owner, held);
      const expected = await codeOf(memory.write(owner, changes));
      expect(await codeOf(open().write(owner, changes))).toBe(expected);
      if (expected === "done") learn(held, changes);
      codes.push(expected);
    }
    for (const lane of lanes) expect(await sorted(open(), lane)).toEqual(await sorted(memory, lane));
    // Else the calls would be too tame, or too wild, to show anything.
    expect([...new Set(codes)].toSorted()).toEqual(["done", "lane_fenced", "state_conflict"]);
    expect(codes.filter((code) => code === "done").length).toBeGreaterThan(20);
  });
}

async function takeBoth(store: Store, memory: Store, lane: LaneId): Promise<number> {
  const [taken, expected] = [await store.takeLane(lane), await memory.takeLane(lane)];
  expect(taken.epoch).toBe(expected.epoch);
  return taken.epoch;
}

/** Mostly what the owner should write; now and then a version, a position or a number that is not right. */
async function randomChanges(below: Below, memory: Store, owner: OwnedLane, held: Known): Promise<LaneChanges> {
  const rows = await memory.readStates(owner, keys);
  const wrong = below(4) === 0 ? below(4) : null;
  return {
    ...nothing,
    states: some(below, keys).map((key) => {
      const version = (rows.get(key)?.version ?? 0) + (wrong === 0 ? 1 : 0);
      return state(key, version, below(100), below(2) === 0 ? below(1000) : null, 3 + below(2));
    }),
    positions: some(below, topics).map((topic) => {
      const next = held.next.get(topic) ?? null;
      return position(wrong === 1 ? below(3) : next, (next ?? 0) + 1 + below(3), topic);
    }),
    outboxAdded: below(2) === 0 ? [outbox(numberAfter(held.outbox, wrong === 2))] : [],
    outboxRemoved: [...held.outbox].slice(0, below(2)).filter(() => wrong !== 2),
    parkedAdded: below(2) === 0 ? [parked(numberAfter(held.parked, wrong === 3))] : [],
    parkedRemoved: [...held.parked].slice(0, below(2)).filter(() => wrong !== 3),
  };
}

const some = (below: Below, all: readonly string[]) => all.filter(() => below(2) === 0);
const numberAfter = (taken: ReadonlySet<number>, wrong: boolean) => Math.max(0, ...taken) + (wrong ? 0 : 1);

function learn(held: Known, changes: LaneChanges): void {
  for (const { topic, next } of changes.positions) held.next.set(topic, next);
  for (const seq of changes.outboxRemoved) held.outbox.delete(seq);
  for (const { seq } of changes.outboxAdded) held.outbox.add(seq);
  for (const seq of changes.parkedRemoved) held.parked.delete(seq);
  for (const { seq } of changes.parkedAdded) held.parked.add(seq);
}

async function sorted(store: Store, lane: LaneId) {
  const content = await contentOf(store, lane, keys);
  return {
    ...content,
    positions: content.positions.toSorted((a, b) => (a.topic < b.topic ? -1 : 1)),
    timers: content.timers.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  };
}
