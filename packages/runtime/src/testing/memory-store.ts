import { KeylineError } from "../errors.js";
import type {
  LaneChanges,
  LaneId,
  LaneSnapshot,
  OutboxRow,
  OwnedLane,
  ParkedRow,
  StateRow,
  Store,
  StoredPosition,
} from "../store.js";

interface LaneRow {
  epoch: number;
  readonly positions: Map<string, StoredPosition>;
  readonly outbox: Map<number, OutboxRow>;
  readonly parked: Map<number, ParkedRow>;
}

interface KeyRow extends StateRow {
  readonly lane: number;
  readonly dueAtMs: number | null;
}

/** A store in memory, for tests: as strict as a database about epochs and versions, and gone with the process. */
export function createMemoryStore(): Store {
  const lanes = new Map<string, LaneRow>();
  const states = new Map<string, Map<string, KeyRow>>();

  const laneOf = ({ app, domain, lane }: LaneId): LaneRow => {
    const name = JSON.stringify([app, domain, lane]);
    const known = lanes.get(name);
    if (known) return known;
    const made: LaneRow = { epoch: 0, positions: new Map(), outbox: new Map(), parked: new Map() };
    lanes.set(name, made);
    return made;
  };

  const statesOf = ({ app, domain }: Pick<LaneId, "app" | "domain">): Map<string, KeyRow> => {
    const name = JSON.stringify([app, domain]);
    const known = states.get(name);
    if (known) return known;
    const made = new Map<string, KeyRow>();
    states.set(name, made);
    return made;
  };

  const check = (lane: OwnedLane, row: LaneRow, changes: LaneChanges) => {
    if (row.epoch !== lane.epoch) {
      throw new KeylineError(
        "lane_fenced",
        `lane ${lane.app}/${lane.domain}/${lane.lane} has epoch ${row.epoch}, not ${lane.epoch}`,
      );
    }
    for (const { topic, partition, from } of changes.positions) {
      const next = row.positions.get(`${topic}/${partition}`)?.next ?? null;
      if (next === from) continue;
      throw new KeylineError("lane_fenced", `position of ${topic}/${partition} is ${next}, not ${from}`);
    }
    for (const { key, version } of changes.states) {
      const stored = statesOf(lane).get(key)?.version ?? 0;
      if (stored === version) continue;
      throw new KeylineError("state_conflict", `state of key ${key} has version ${stored}, not ${version}`);
    }
  };

  const timersOf = (lane: LaneId) =>
    [...statesOf(lane).values()].flatMap(({ key, dueAtMs, lane: home }) =>
      dueAtMs !== null && home === lane.lane ? [{ key, dueAtMs }] : [],
    );

  return {
    async takeLane(lane): Promise<LaneSnapshot> {
      const row = laneOf(lane);
      row.epoch += 1;
      return copy({
        epoch: row.epoch,
        positions: [...row.positions.values()],
        timers: timersOf(lane),
        outbox: [...row.outbox.values()].sort((a, b) => a.seq - b.seq),
        parked: [...row.parked.values()].sort((a, b) => a.seq - b.seq),
      });
    },
    async readStates(app, keys) {
      const rows = statesOf(app);
      return new Map(
        keys.flatMap((key) => {
          const row = rows.get(key);
          if (!row) return [];
          const { version, state, meta } = row;
          return [[key, copy({ key, version, state, meta })] as const];
        }),
      );
    },
    readTimers: async (lane) => timersOf(lane),
    async write(lane, changes) {
      const row = laneOf(lane);
      check(lane, row, changes);
      for (const { from: _, ...position } of changes.positions) {
        row.positions.set(`${position.topic}/${position.partition}`, copy(position));
      }
      for (const state of changes.states) {
        statesOf(lane).set(state.key, copy({ ...state, version: state.version + 1 }));
      }
      for (const added of changes.outboxAdded) row.outbox.set(added.seq, copy(added));
      for (const seq of changes.outboxRemoved) row.outbox.delete(seq);
      for (const added of changes.parkedAdded) row.parked.set(added.seq, copy(added));
      for (const seq of changes.parkedRemoved) row.parked.delete(seq);
    },
    holds: async (lane) => laneOf(lane).epoch === lane.epoch,
    close: async () => undefined,
  };
}

/** As JSON would bring it back: nothing in the store is shared with its users. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
