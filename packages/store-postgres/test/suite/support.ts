import { isKeylineError, type Store } from "@keyline/runtime";
import type { LaneChanges, LaneId, OwnedLane } from "@keyline/runtime/store";

/** A store under test; all tests of a suite share it, each with an app of its own. */
export type OpenStore = () => Store;

/** Changes that change nothing, to be spread. */
export const nothing: LaneChanges = {
  positions: [],
  states: [],
  outboxAdded: [],
  outboxRemoved: [],
  parkedAdded: [],
  parkedRemoved: [],
  firings: [],
  commands: [],
};

let apps = 0;
/** A lane of an app that no other test uses. */
export function newLane(lane = 3): LaneId {
  apps += 1;
  return { app: `app-${apps}`, domain: "students", lane };
}

export async function take(store: Store, lane: LaneId = newLane()): Promise<OwnedLane> {
  return { ...lane, epoch: (await store.takeLane(lane)).epoch };
}

export const state = (key: string, version: number, value: unknown, dueAtMs: number | null = null, lane = 3) => ({
  key,
  version,
  state: value,
  meta: { seen: version },
  lane,
  dueAtMs,
});

export const position = (from: number | null, next: number, topic = "code.executed") => ({
  topic,
  partition: 3,
  from,
  next,
  last: { offset: next - 1, fingerprint: "abc" },
});

export const outbox = (seq: number) => ({ seq, key: "42", record: { n: seq } });

export const parked = (seq: number) => ({
  seq,
  key: "42",
  topic: "code.executed",
  partition: 3,
  offset: 12,
  record: { why: "boom" },
});

/** What became of a call: the code of its KeylineError, or "done". */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "done",
    (caught) => (isKeylineError(caught) ? caught.code : `not a KeylineError: ${String(caught)}`),
  );
}

/** All that a lane and some keys hold; taking the lane raises its epoch. */
export async function contentOf(store: Store, lane: LaneId, keys: readonly string[]) {
  const { epoch: _, ...held } = await store.takeLane(lane);
  const states = await store.readStates(lane, keys);
  return { ...held, states: [...states.values()].sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

export const empty = { positions: [], timers: [], outbox: [], parked: [], states: [] };
