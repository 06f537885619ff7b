import fc from "fast-check";
import { expect, test } from "vitest";
import { step, tellStories } from "../../test/story.js";
import { KeylineError } from "../errors.js";
import type { LaneChanges, OwnedLane, Store } from "../ports/store.js";
import { createMemoryStore } from "../testing/memory-store.js";
import { createOwnership, type Ownership, pauseAfter } from "./ownership.js";
import { createStoreWait } from "./store-wait.js";

const names = ["Ada", "Bob", "Cleo"] as const;
type Name = (typeof names)[number];
const lane = { app: "progress", domain: "students", lane: 3 };

/** What becomes of a write on its way to the store and back. */
type Way = "and gets its answer" | "but the answer is lost" | "but the store is away";

/** Naive: the lane has one epoch, one position and one row; only the owner that took it last moves them. */
interface Model {
  epoch: number;
  position: number;
  version: number;
  readonly owners: Map<Name, OwnerModel>;
}

interface OwnerModel {
  /** Of its last take; 0 before. */
  epoch: number;
  /** What it knows of the position and of the row's version. */
  position: number;
  version: number;
  inDoubt: boolean;
  /** Its epoch is over, and it knows. */
  over: boolean;
  told: number;
  /** A write that is under way. */
  stalled: boolean;
}

interface Real {
  readonly store: Store;
  readonly owners: Map<Name, RealOwner>;
  /** What the store took in. */
  readonly written: { readonly epoch: number; readonly from: number | null; readonly next: number }[];
}

interface RealOwner {
  readonly ownership: Ownership;
  stop(): void;
  told: number;
  /** How many writes left the owner. */
  sent: number;
  way: Way;
  gate: PromiseWithResolvers<void> | null;
  writing: Promise<boolean> | null;
}

const ownerOf = <Owner>(owners: ReadonlyMap<Name, Owner>, name: Name): Owner => {
  const owner = owners.get(name);
  if (!owner) throw new Error(`${name} is not there`);
  return owner;
};

const away = () => new KeylineError("store_unavailable", "the store is away");

/** An owner whose writes go the way that the story says. */
function openOwner(real: Real): RealOwner {
  const stopping = new AbortController();
  const write = async (owned: OwnedLane, changes: LaneChanges) => {
    owner.sent += 1;
    await owner.gate?.promise;
    if (owner.way === "but the store is away") throw away();
    await real.store.write(owned, changes);
    for (const { from, next } of changes.positions) real.written.push({ epoch: owned.epoch, from, next });
    if (owner.way === "but the answer is lost") throw new KeylineError("outcome_unknown", "the answer was lost");
  };
  const owner: RealOwner = {
    ownership: createOwnership({
      ...{ store: { ...real.store, write }, lane, nowMs: () => 0, signal: stopping.signal },
      storeWait: { ...createStoreWait(() => undefined), pause: async () => undefined },
      fenced: () => {
        owner.told += 1;
      },
    }),
    stop: () => stopping.abort(),
    ...{ told: 0, sent: 0, way: "and gets its answer", gate: null, writing: null },
  };
  return owner;
}

const newOwner = (): OwnerModel => ({
  ...{ epoch: 0, position: 0, version: 0 },
  ...{ inDoubt: false, over: false, told: 0, stalled: false },
});

function begin(): { model: Model; real: Real } {
  const real: Real = { store: createMemoryStore(), owners: new Map(), written: [] };
  const model: Model = { epoch: 0, position: 0, version: 0, owners: new Map() };
  for (const name of names) {
    real.owners.set(name, openOwner(real));
    model.owners.set(name, newOwner());
  }
  return { model, real };
}

/** What an owner writes: its position one further, and the key's row. */
function changesOf({ position, version }: OwnerModel): LaneChanges {
  const place = { topic: "code.executed", partition: 3 };
  const last = { offset: position, fingerprint: "abc" };
  return {
    positions: [{ ...place, from: position === 0 ? null : position, next: position + 1, last }],
    states: [{ key: "42", version, state: position, meta: null, lane: 3, dueAtMs: null }],
    ...{ outboxAdded: [], outboxRemoved: [], parkedAdded: [], parkedRemoved: [], firings: [], commands: [] },
  };
}

/** What the model says of a write that reaches the store. */
function arrive(model: Model, owner: OwnerModel, way: Way): boolean {
  if (way === "but the store is away") return false;
  if (owner.epoch !== model.epoch || owner.position !== model.position) {
    learn(owner);
    return false;
  }
  if (owner.version !== model.version) return false;
  model.position += 1;
  model.version += 1;
  if (way === "but the answer is lost") {
    owner.inDoubt = true;
    return false;
  }
  owner.position += 1;
  owner.version += 1;
  return true;
}

/** The owner hears that it is fenced: once, unless its epoch was over before. */
function learn(owner: OwnerModel): void {
  if (owner.over) return;
  owner.over = true;
  owner.inDoubt = true;
  owner.told += 1;
}

/** What is true at any time. */
function agree(model: Model, real: Real): void {
  for (const [name, owner] of model.owners) {
    const { ownership, told } = ownerOf(real.owners, name);
    expect([name, "is told", told]).toEqual([name, "is told", owner.told]);
    if (owner.epoch === 0) continue;
    expect([name, "is in doubt", ownership.isInDoubt()]).toEqual([name, "is in doubt", owner.inDoubt]);
    expect([name, "knows that it is over", ownership.epoch().over.aborted]).toEqual([
      name,
      "knows that it is over",
      owner.over,
    ]);
  }
  expect(real.written.map(({ next }) => next)).toEqual(Array.from({ length: model.position }, (_, n) => n + 1));
  expect(real.written.every(({ from, next }) => (from ?? 0) === next - 1)).toBe(true);
  const epochs = real.written.map(({ epoch }) => epoch);
  expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
}

const taking = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} takes the lane`,
    can: ({ owners }) => !ownerOf(owners, name).stalled,
    async run(model, real) {
      const owner = ownerOf(model.owners, name);
      model.epoch += 1;
      Object.assign(owner, { epoch: model.epoch, position: model.position, version: model.version });
      Object.assign(owner, { inDoubt: false, over: false });
      const snapshot = await ownerOf(real.owners, name).ownership.take(async (found) => found);
      expect([snapshot.epoch, snapshot.positions[0]?.next ?? 0]).toEqual([model.epoch, model.position]);
      agree(model, real);
    },
  });

const writing = (name: Name, way: Way) =>
  step<Model, Real>({
    sentence: `${name} writes, ${way}`,
    can: ({ owners }) => ownerOf(owners, name).epoch > 0 && !ownerOf(owners, name).stalled,
    async run(model, real) {
      const [owner, actual] = [ownerOf(model.owners, name), ownerOf(real.owners, name)];
      const sent = actual.sent + (owner.inDoubt ? 0 : 1);
      const changes = changesOf(owner);
      const isWritten = owner.inDoubt ? false : arrive(model, owner, way);
      actual.way = way;
      expect([name, "has written", await actual.ownership.write(changes)]).toEqual([name, "has written", isWritten]);
      expect([name, "sent", actual.sent]).toEqual([name, "sent", sent]);
      agree(model, real);
    },
  });

const misremembering = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} writes from a position that it has not reached`,
    can: ({ owners }) => ownerOf(owners, name).epoch > 0 && !ownerOf(owners, name).stalled,
    async run(model, real) {
      const [owner, actual] = [ownerOf(model.owners, name), ownerOf(real.owners, name)];
      actual.way = "and gets its answer";
      const isWritten = await actual.ownership.write(changesOf({ ...owner, position: owner.position + 1 }));
      expect([name, "has written", isWritten]).toEqual([name, "has written", false]);
      if (!owner.inDoubt) learn(owner);
      agree(model, real);
    },
  });

const stalling = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} stalls in the middle of a write`,
    can: ({ owners }) =>
      ownerOf(owners, name).epoch > 0 && !ownerOf(owners, name).stalled && !ownerOf(owners, name).inDoubt,
    async run(model, real) {
      const [owner, actual] = [ownerOf(model.owners, name), ownerOf(real.owners, name)];
      owner.stalled = true;
      actual.way = "and gets its answer";
      actual.gate = Promise.withResolvers();
      actual.writing = actual.ownership.write(changesOf(owner));
    },
  });

const waking = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} wakes up, and its write arrives`,
    can: ({ owners }) => ownerOf(owners, name).stalled,
    async run(model, real) {
      const [owner, actual] = [ownerOf(model.owners, name), ownerOf(real.owners, name)];
      owner.stalled = false;
      const isWritten = arrive(model, owner, "and gets its answer");
      actual.gate?.resolve();
      actual.gate = null;
      expect([name, "has written", await actual.writing]).toEqual([name, "has written", isWritten]);
      agree(model, real);
    },
  });

const asking = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} asks whether the lane is still its own`,
    can: ({ owners }) => ownerOf(owners, name).epoch > 0,
    async run(model, real) {
      const owner = ownerOf(model.owners, name);
      const isHeld = owner.epoch === model.epoch;
      expect(await ownerOf(real.owners, name).ownership.epoch().isHeld()).toBe(isHeld);
      if (!isHeld) learn(owner);
      agree(model, real);
    },
  });

const rereading = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} reads the row again`,
    can: ({ owners }) => !ownerOf(owners, name).stalled,
    async run(model, real) {
      const row = (await real.store.readStates(lane, ["42"])).get("42");
      expect(row?.version ?? 0).toBe(model.version);
      ownerOf(model.owners, name).version = model.version;
    },
  });

const straying = step<Model, Real>({
  sentence: "the owner of another lane writes the same row",
  async run(model, real) {
    const other = { ...lane, lane: 4 };
    const { epoch } = await real.store.takeLane(other);
    const { states } = changesOf({ ...newOwner(), version: model.version });
    const changes = { ...changesOf(newOwner()), positions: [], states };
    await real.store.write({ ...other, epoch }, changes);
    model.version += 1;
  },
});

const restarting = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} is stopped, and another process starts in its place`,
    can: ({ owners }) => !ownerOf(owners, name).stalled,
    async run(model, real) {
      const former = ownerOf(real.owners, name);
      former.stop();
      if (ownerOf(model.owners, name).epoch > 0) expect(former.ownership.epoch().over.aborted).toBe(true);
      real.owners.set(name, openOwner(real));
      model.owners.set(name, newOwner());
      agree(model, real);
    },
  });

const anyone = fc.constantFrom(...names);
const ways = fc.constantFrom<Way>("and gets its answer", "but the answer is lost", "but the store is away");

test("owners that take a lane from each other: one epoch writes, a fenced owner changes nothing, no position jumps", async () => {
  await tellStories<Model, Real>({
    stories: 400,
    begin,
    steps: [
      anyone.map(taking),
      anyone.map((name) => writing(name, "and gets its answer")),
      fc.tuple(anyone, ways).map(([name, way]) => writing(name, way)),
      anyone.map(misremembering),
      anyone.map(stalling),
      anyone.map(waking),
      anyone.map(asking),
      anyone.map(rereading),
      fc.constant(straying),
      anyone.map(restarting),
    ],
    async end(model, real) {
      for (const name of names) if (ownerOf(model.owners, name).stalled) await waking(name).run(model, real);
    },
  });
});

test("a lane is in doubt until what the store has is loaded, and longer where its owner was fenced meanwhile", async () => {
  const store = createMemoryStore();
  const { signal } = new AbortController();
  const ownership = createOwnership({
    store,
    lane,
    nowMs: () => 0,
    signal,
    storeWait: createStoreWait(() => undefined),
    fenced: () => undefined,
  });
  const seen: boolean[] = [];
  const loadWhile = (meanwhile: () => Promise<unknown>) =>
    ownership.take(async () => {
      seen.push(ownership.isInDoubt());
      await meanwhile();
    });
  await loadWhile(async () => undefined);
  seen.push(ownership.isInDoubt());
  await loadWhile(async () => {
    await store.takeLane(lane);
    await ownership.epoch().isHeld();
  });
  seen.push(ownership.isInDoubt());
  expect(seen).toEqual([true, false, true, true]);
});

test("the pause before a lane is taken again doubles, and begins again after an epoch that lasted", () => {
  const short = [100, 200, 400, 800, 1600, 3200, 5000];
  expect(short.map((pauseMs) => pauseAfter(pauseMs, 10 * pauseMs))).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  expect(pauseAfter(5000, 50_001)).toBe(100);
});
