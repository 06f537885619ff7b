import type { Store } from "@keyline/runtime";
import type { LaneChanges, OwnedLane } from "@keyline/runtime/store";
import type { TestProcess } from "../kit/process.js";

/** A kind of store under test. */
export interface StoreHarness {
  readonly name: string;
  /** Whether random histories take many times as long as in memory. Default false. */
  readonly isSlow?: boolean;
  /** An empty store, which all processes of a test share. */
  createStore(): Promise<Store>;
  /** Of a store in a database: runs a statement in it, given the name of the store's schema. */
  alter?(store: Store, statement: (schema: string) => string): Promise<void>;
}

/** The calls of a store that write nothing of a lane's work. */
export type Reading =
  | "takeLane"
  | "readStates"
  | "readTimers"
  | "readFirings"
  | "readParked"
  | "askRelease"
  | "readCommands"
  | "holds"
  | "resetLanes";

/** What happens instead of a call of the store. */
export interface StoreFaults {
  /** Runs a write, or not, or later. */
  write?(lane: OwnedLane, changes: LaneChanges, forward: () => Promise<void>): Promise<void>;
  /** Called before every other call; may throw or wait. */
  call?(name: Reading): Promise<void> | void;
}

const never = <T>() => new Promise<T>(() => undefined);

/** The store as one process reaches it: gone for it when it crashes. */
export function storeOf(store: Store, process: TestProcess, faults: StoreFaults = {}): Store {
  const through = async <T>(name: Reading, call: () => Promise<T>): Promise<T> => {
    if (process.isCrashed()) return never();
    await faults.call?.(name);
    const answer = await call();
    return process.isCrashed() ? never() : answer;
  };
  return {
    format: store.format,
    takeLane: (lane) => through("takeLane", () => store.takeLane(lane)),
    readStates: (app, keys) => through("readStates", () => store.readStates(app, keys)),
    readTimers: (lane) => through("readTimers", () => store.readTimers(lane)),
    readParked: (lane, key, limit) => through("readParked", () => store.readParked(lane, key, limit)),
    askRelease: (app, command) => through("askRelease", () => store.askRelease(app, command)),
    readCommands: (lane) => through("readCommands", () => store.readCommands(lane)),
    readFirings: (app, key) => through("readFirings", () => store.readFirings(app, key)),
    holds: (lane) => through("holds", () => store.holds(lane)),
    resetLanes: (request) => through("resetLanes", () => store.resetLanes(request)),
    async write(lane, changes) {
      if (process.isCrashed()) return never();
      const forward = () => store.write(lane, changes);
      await (faults.write ? faults.write(lane, changes, forward) : forward());
      if (process.isCrashed()) await never();
    },
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** A store that notes what was written, and holds that positions of one lane never go back. */
export function watchedStore(store: Store) {
  const writes: { readonly lane: OwnedLane; readonly changes: LaneChanges }[] = [];
  const setBack: string[] = [];
  const watched: Store = {
    ...store,
    takeLane: (lane) => store.takeLane(lane),
    readStates: (app, keys) => store.readStates(app, keys),
    holds: (lane) => store.holds(lane),
    readTimers: (lane) => store.readTimers(lane),
    readParked: (lane, key, limit) => store.readParked(lane, key, limit),
    askRelease: (app, command) => store.askRelease(app, command),
    readCommands: (lane) => store.readCommands(lane),
    readFirings: (app, key) => store.readFirings(app, key),
    resetLanes: (request) => store.resetLanes(request),
    close: () => store.close(),
    async write(lane, changes) {
      await store.write(lane, changes);
      writes.push({ lane, changes });
      for (const { topic, partition, from, next } of changes.positions)
        if (from !== null && next < from) setBack.push(`${topic}/${partition} from ${from} to ${next}`);
    },
  };
  return { store: watched, writes, setBack };
}
