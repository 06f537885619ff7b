import fc from "fast-check";
import { expect, test } from "vitest";
import { step, tellStories } from "../../test/story.js";
import type { TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { LaneChanges, OutboxRow, Store } from "../ports/store.js";
import type { PreparedSend, ProducerCore } from "../producer/core.js";
import { createMemoryStore } from "../testing/memory-store.js";
import { createOutbox, type Outbox } from "./outbox.js";
import { createOwnership, type Ownership } from "./ownership.js";
import { createStoreWait } from "./store-wait.js";

const names = ["Ada", "Bob"] as const;
type Name = (typeof names)[number];
const keys = ["1", "2"] as const;
type Key = (typeof keys)[number];
const lane = { app: "progress", domain: "students", lane: 3 };

/** Naive: rows in the store, and what each owner believes to have to do. */
interface Model {
  epoch: number;
  /** Rows in the store, by number. */
  readonly stored: Map<number, Key>;
  lastRow: number;
  readonly owners: Map<Name, OwnerModel>;
}

interface OwnerModel {
  /** Of its last take; 0 before. */
  epoch: number;
  /** It knows that it may do nothing more under the epoch. */
  over: boolean;
  /** By key, what it has to publish, in order. */
  readonly waiting: Map<Key, KeyModel>;
  /** What the log acknowledged to it and it has not removed. */
  acknowledged: number[];
}

interface KeyModel {
  readonly rows: number[];
  /** So many of the first are in the chain that is under way. */
  chained: number;
  /** Of these, so many are acknowledged. */
  acknowledged: number;
}

/** A row on its way to the log. */
interface Attempt {
  readonly row: number;
  readonly key: Key;
  readonly epoch: number;
  arrive(): void;
  acknowledge(): void;
  /** With it ends what is behind it in its chain. */
  lose(): void;
  isStopped(): boolean;
  stop(): void;
}

interface Real {
  readonly store: Store;
  readonly owners: Map<Name, RealOwner>;
  /** What lies in the log, in order. */
  readonly log: { readonly row: number; readonly key: Key }[];
}

interface RealOwner {
  readonly ownership: Ownership;
  readonly outbox: Outbox;
  stop(): void;
  readonly attempts: Attempt[];
  readonly failures: unknown[];
  /** How often it asked whether the lane is still its own. */
  asked: number;
  /** What the answers wait for. */
  gate: Promise<void> | null;
}

const get = <Thing>(things: ReadonlyMap<Name, Thing>, name: Name): Thing => {
  const thing = things.get(name);
  if (!thing) throw new Error(`${name} is not there`);
  return thing;
};

const topics = { rated: { messages: { rated: {} }, domain: { name: "students" } } } as unknown as Readonly<
  Record<string, TopicDescriptor>
>;

/** A process with an outbox; what it sends waits for the story to say what becomes of it. */
function openOwner(real: Real, epochNow: () => number, isFenced: () => boolean): RealOwner {
  const stopping = new AbortController();
  const attempts: Attempt[] = [];
  const failures: unknown[] = [];
  const sendPrepared = ({ prepared, link }: PreparedSend) => {
    const { row, key } = prepared.payload as { readonly row: number; readonly key: Key };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const arrive = () => void real.log.push({ row, key });
    const leave = () => attempts.splice(attempts.indexOf(attempt), 1);
    const fail = (error: KeylineError) => {
      leave();
      link?.fail(error);
      reject(error);
    };
    const attempt: Attempt = {
      ...{ row, key, epoch: epochNow(), arrive },
      acknowledge() {
        leave();
        resolve();
      },
      lose() {
        fail(new KeylineError("outcome_unknown", "the answer was lost"));
        for (const behind of attempts.filter(({ isStopped }) => isStopped())) behind.stop();
      },
      isStopped: () => !!link?.stopped(),
      stop: () => fail(new KeylineError("aborted", "an earlier one of its chain failed")),
    };
    attempts.push(attempt);
    if (isFenced()) failures.push(`row ${row} leaves a fenced owner`);
    return promise;
  };
  const holds: Store["holds"] = async (owned) => {
    owner.asked += 1;
    await owner.gate;
    return real.store.holds(owned);
  };
  const ownership = createOwnership({
    ...{
      store: { ...real.store, holds },
      lane,
      nowMs: () => 0,
      signal: stopping.signal,
      storeWait: createStoreWait(() => undefined),
      fenced: () => undefined,
    },
  });
  const outbox = createOutbox({
    ...{ topics, core: { sendPrepared } as unknown as ProducerCore, clusterId: "memory", lane: 3 },
    ...{ homeLane: () => 3, published: () => undefined, fail: (error: unknown) => failures.push(error) },
    tooLarge: async () => undefined,
    pauses: { firstPauseMs: 0, longestPauseMs: 0 },
  });
  const owner: RealOwner = {
    ...{ ownership, outbox, attempts, failures, stop: () => stopping.abort() },
    ...{ asked: 0, gate: null },
  };
  return owner;
}

const newOwner = (): OwnerModel => ({ epoch: 0, over: false, waiting: new Map(), acknowledged: [] });

function begin(): { model: Model; real: Real } {
  const real: Real = { store: createMemoryStore(), owners: new Map(), log: [] };
  const model: Model = { epoch: 0, stored: new Map(), lastRow: 0, owners: new Map() };
  for (const name of names) restart(model, real, name);
  return { model, real };
}

function restart(model: Model, real: Real, name: Name): void {
  model.owners.set(name, newOwner());
  const { owners } = model;
  const isFenced = () => get(owners, name).epoch !== model.epoch;
  real.owners.set(
    name,
    openOwner(real, () => get(owners, name).epoch, isFenced),
  );
}

const nothing: LaneChanges = {
  ...{ positions: [], states: [], outboxAdded: [], outboxRemoved: [] },
  ...{ parkedAdded: [], parkedRemoved: [], firings: [], commands: [] },
};

const rowOf = (seq: number, key: Key): OutboxRow => ({
  ...{ seq, key },
  record: { kind: "event", topic: "rated", message: "rated", payload: { row: seq, key }, key, sequence: null },
});

function keyOf({ waiting }: OwnerModel, key: Key): KeyModel {
  const known = waiting.get(key) ?? { rows: [], chained: 0, acknowledged: 0 };
  waiting.set(key, known);
  return known;
}

/** Adds rows of a key; what is under way goes on without them. */
function addRows(model: Model, owner: OwnerModel, key: Key, added: readonly number[]): void {
  keyOf(owner, key).rows.push(...added);
  if (keyOf(owner, key).chained === 0) beginChain(model, owner, key);
}

/** All that waits goes in one chain. Before it an owner asks whether the lane is still its own. */
function beginChain(model: Model, owner: OwnerModel, key: Key): void {
  const ofKey = keyOf(owner, key);
  Object.assign(ofKey, { chained: ofKey.rows.length, acknowledged: 0 });
  if (ofKey.rows.length > 0 && owner.epoch !== model.epoch) owner.over = true;
}

/** What of the chain was acknowledged counts once all of it is settled. */
function endChain(model: Model, owner: OwnerModel, key: Key): void {
  const { rows, acknowledged } = keyOf(owner, key);
  owner.acknowledged.push(...rows.splice(0, acknowledged));
  beginChain(model, owner, key);
}

/** What an owner may have under way, as long as it may publish at all. */
const expectedUnderWay = ({ waiting }: OwnerModel): number[] =>
  [...waiting.values()]
    .flatMap(({ rows, acknowledged, chained }) => rows.slice(acknowledged, chained))
    .toSorted((a, b) => a - b);

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const underWay = (owner: RealOwner, epoch: number): number[] =>
  owner.attempts.flatMap((attempt) => (attempt.epoch === epoch ? attempt.row : [])).toSorted((a, b) => a - b);

/** Whether an owner has come as far as the model: what is tried again, or asked, is so after a pause. */
function hasCaughtUp(model: Model, real: Real, name: Name): boolean {
  const [owner, actual] = [get(model.owners, name), get(real.owners, name)];
  if (owner.epoch === 0) return true;
  if (actual.ownership.epoch().over.aborted !== owner.over) return false;
  const publishes = owner.epoch === model.epoch && !owner.over;
  return !publishes || String(underWay(actual, owner.epoch)) === String(expectedUnderWay(owner));
}

/** What is true at any time. */
async function agree(model: Model, real: Real): Promise<void> {
  await settle();
  for (let turn = 0; turn < 200 && !names.every((name) => hasCaughtUp(model, real, name)); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await settle();
  }
  for (const [name, owner] of model.owners) {
    const actual = get(real.owners, name);
    expect([name, "failed", actual.failures]).toEqual([name, "failed", []]);
    if (owner.epoch === 0) continue;
    const found = [name, "is over", actual.ownership.epoch().over.aborted];
    expect(found).toEqual([name, "is over", owner.over]);
    // What a fenced owner has under way may be there still; it begins nothing.
    if (owner.epoch === model.epoch && !owner.over)
      expect([name, "has under way", underWay(actual, owner.epoch)]).toEqual([
        name,
        "has under way",
        expectedUnderWay(owner),
      ]);
  }
  for (const key of keys) {
    const rows = [...new Set(real.log.flatMap((entry) => (entry.key === key ? entry.row : [])))];
    expect([key, "is in order", rows]).toEqual([key, "is in order", rows.toSorted((a, b) => a - b)]);
  }
}

async function takeLane(model: Model, real: Real, name: Name): Promise<void> {
  const [owner, actual] = [get(model.owners, name), get(real.owners, name)];
  model.epoch += 1;
  Object.assign(owner, { epoch: model.epoch, over: false, acknowledged: [] });
  owner.waiting.clear();
  for (const [key, rows] of Map.groupBy(model.stored, ([, key]) => key))
    addRows(
      model,
      owner,
      key,
      rows.map(([row]) => row),
    );
  await actual.ownership.take(async ({ outbox }, epoch) => {
    expect(outbox.map(({ seq }) => seq)).toEqual([...model.stored.keys()]);
    actual.outbox.begin(epoch, outbox);
  });
  await agree(model, real);
}

const taking = (name: Name) =>
  step<Model, Real>({ sentence: `${name} takes the lane`, run: (model, real) => takeLane(model, real, name) });

const isAtWork = ({ epoch, over }: OwnerModel) => epoch > 0 && !over;

/** One transaction: adds a row for each of the keys, and removes what was published. */
const writing = (name: Name, added: readonly Key[], isRolledBack: boolean) => {
  const what = added.length === 0 ? "removes what was published" : `adds rows of ${added.join(" and ")}`;
  return step<Model, Real>({
    sentence: `${name}'s transaction ${what}${isRolledBack ? ", and is rolled back" : ""}`,
    can: ({ owners }) => isAtWork(get(owners, name)),
    async run(model, real) {
      const [owner, actual] = [get(model.owners, name), get(real.owners, name)];
      const removed = actual.outbox.takePublished(false);
      expect([name, "removes", removed]).toEqual([name, "removes", owner.acknowledged]);
      const rows = added.map((key, index) => rowOf(model.lastRow + index + 1, key));
      const conflict = { key: "7", version: 1, state: 1, meta: null, lane: 3, dueAtMs: null };
      const changes = { ...nothing, outboxAdded: rows, outboxRemoved: removed, states: isRolledBack ? [conflict] : [] };
      const isWritten = await actual.ownership.write(changes);
      expect([name, "has written", isWritten]).toEqual([
        name,
        "has written",
        !isRolledBack && owner.epoch === model.epoch,
      ]);
      if (owner.epoch !== model.epoch) owner.over = true;
      if (!isWritten) {
        actual.outbox.putBackPublished(removed);
      } else {
        actual.outbox.add(rows);
        commit(model, owner, added);
      }
      await agree(model, real);
    },
  });
};

function commit(model: Model, owner: OwnerModel, added: readonly Key[]): void {
  for (const row of owner.acknowledged.splice(0)) model.stored.delete(row);
  const rows = added.map((key, index) => [model.lastRow + index + 1, key] as const);
  model.lastRow += rows.length;
  for (const [row, key] of rows) model.stored.set(row, key);
  for (const [key, own] of Map.groupBy(rows, ([, key]) => key))
    addRows(
      model,
      owner,
      key,
      own.map(([row]) => row),
    );
}

/** The oldest of an owner's attempts for a key; of its present epoch or of an earlier one. */
const attemptOf = (real: Real, name: Name, key: Key) => get(real.owners, name).attempts.find((one) => one.key === key);

const acknowledging = (name: Name, key: Key) =>
  step<Model, Real>({
    sentence: `the log acknowledges ${name}'s row of ${key}`,
    async run(model, real) {
      const [owner, attempt] = [get(model.owners, name), attemptOf(real, name, key)];
      if (!attempt) return;
      attempt.arrive();
      attempt.acknowledge();
      // What an earlier epoch had under way counts no more.
      if (attempt.epoch === owner.epoch) {
        const ofKey = keyOf(owner, key);
        ofKey.acknowledged += 1;
        if (ofKey.acknowledged === ofKey.chained) endChain(model, owner, key);
      }
      await agree(model, real);
    },
  });

const losing = (name: Name, key: Key, hasArrived: boolean) =>
  step<Model, Real>({
    sentence: `the answer for ${name}'s row of ${key} is lost; the log ${hasArrived ? "has it" : "has it not"}`,
    async run(model, real) {
      const [owner, attempt] = [get(model.owners, name), attemptOf(real, name, key)];
      if (!attempt) return;
      if (hasArrived) attempt.arrive();
      attempt.lose();
      if (attempt.epoch === owner.epoch) endChain(model, owner, key);
      await agree(model, real);
    },
  });

/** What a stopped owner has under way may still arrive; nothing new leaves, and nothing is asked. */
async function stop(model: Model, real: Real, name: Name, former: RealOwner): Promise<void> {
  former.stop();
  const { asked } = former;
  const before = former.attempts.slice();
  restart(model, real, name);
  await agree(model, real);
  for (const attempt of before) attempt.acknowledge();
  await settle();
  const left = former.attempts.map(({ row }) => row);
  expect([name, "sends after it was stopped", left]).toEqual([name, "sends after it was stopped", []]);
  expect([name, "asks after it was stopped", former.asked - asked]).toEqual([name, "asks after it was stopped", 0]);
}

const restarting = (name: Name) =>
  step<Model, Real>({
    sentence: `${name} is stopped, and another process starts in its place`,
    run: (model, real) => stop(model, real, name, get(real.owners, name)),
  });

const stoppingWhileItAsks = (name: Name, key: Key) =>
  step<Model, Real>({
    sentence: `${name} adds a row of ${key}, and is stopped before it knows whether the lane is still its own`,
    can: ({ epoch, owners }) => isAtWork(get(owners, name)) && get(owners, name).epoch === epoch,
    async run(model, real) {
      const [owner, actual] = [get(model.owners, name), get(real.owners, name)];
      const { promise, resolve } = Promise.withResolvers<void>();
      actual.gate = promise;
      const rows = [rowOf(model.lastRow + 1, key)];
      expect(await actual.ownership.write({ ...nothing, outboxAdded: rows })).toBe(true);
      actual.outbox.add(rows);
      owner.acknowledged = [];
      commit(model, owner, [key]);
      await settle();
      setImmediate(resolve);
      await stop(model, real, name, actual);
    },
  });

/** A new owner publishes what is left, and removes it. */
async function finish(model: Model, real: Real): Promise<void> {
  await takeLane(model, real, "Ada");
  const written = new Set([...model.stored.keys()]);
  for (let turns = 0; model.stored.size > 0; turns += 1) {
    if (turns > 100) throw new Error(`rows ${[...model.stored.keys()].join(", ")} are never published`);
    for (const key of keys) await acknowledging("Ada", key).run(model, real);
    await writing("Ada", [], false).run(model, real);
  }
  const inLog = new Set(real.log.map(({ row }) => row));
  expect([...written].filter((row) => !inLog.has(row))).toEqual([]);
  for (let row = 1; row <= model.lastRow; row += 1) expect(inLog.has(row)).toBe(true);
  expect((await real.store.takeLane(lane)).outbox).toEqual([]);
}

const anyone = fc.constantFrom(...names);
const anyKey = fc.constantFrom(...keys);

test("an outbox: each row published at least once, in order by key, removed only when acknowledged, none by a fenced owner", async () => {
  await tellStories<Model, Real>({
    stories: 250,
    begin,
    steps: [
      anyone.map(taking),
      fc
        .tuple(anyone, fc.subarray([...keys]), fc.constantFrom(false, false, true))
        .map(([name, added, isRolledBack]) => writing(name, added, isRolledBack)),
      fc.tuple(anyone, anyKey).map(([name, key]) => writing(name, [key, key], false)),
      fc.tuple(anyone, anyKey).map(([name, key]) => acknowledging(name, key)),
      fc.tuple(anyone, anyKey, fc.boolean()).map(([name, key, hasArrived]) => losing(name, key, hasArrived)),
      anyone.map(restarting),
      fc.tuple(anyone, anyKey).map(([name, key]) => stoppingWhileItAsks(name, key)),
    ],
    end: finish,
  });
});
