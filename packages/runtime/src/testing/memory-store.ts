import type { Store } from "../ports/store.js";
import { jsonCopy } from "./json-copy.js";
import {
  applyChanges,
  checkChanges,
  emptyTables,
  firingsOf,
  laneRowOf,
  lanesWithParked,
  nameOf,
  resetTables,
  statesOf,
  takeRow,
  timersOf,
} from "./memory-tables.js";

/** Creates a store in memory, for tests: as strict as a database about epochs and versions, and lost with the process. */
export function createMemoryStore(): Store {
  // Invariant: nothing in its tables is shared with its users, and a write is in all of them or in none: it is copied and
  // checked before it changes anything, and no other call runs in between.
  const tables = emptyTables();
  return {
    format: 2,
    async takeLane(lane) {
      const row = takeRow(tables, lane);
      return jsonCopy({
        epoch: row.epoch,
        positions: [...row.positions.values()],
        timers: timersOf(tables, lane),
        outbox: inOrder(row.outbox),
        parked: inOrder(row.parked),
      });
    },
    async readStates(app, keys) {
      const rows = statesOf(tables, app);
      return new Map(
        keys.flatMap((key) => {
          const row = rows.get(key);
          if (!row) return [];
          const { version, state, meta } = row;
          return [[key, jsonCopy({ key, version, state, meta })] as const];
        }),
      );
    },
    readTimers: async (lane) => timersOf(tables, lane),
    async readParked(lane, key, limit) {
      const { parked } = laneRowOf(tables, lane);
      return jsonCopy(
        inOrder(parked)
          .filter((row) => row.key === key)
          .slice(0, limit),
      );
    },
    async askRelease(app, { key, action, by }) {
      return lanesWithParked(tables, app, key).map((lane) => {
        const id = tables.commands.length + 1;
        return tables.commands.push({ ...lane, id, key, action, by, progress: 0, result: null });
      });
    },
    async readCommands(lane) {
      return tables.commands
        .filter((command) => nameOf(command) === nameOf(lane) && command.result === null)
        .map(({ id, key, action, by, progress }) => ({ id, key, action, by, progress }));
    },
    readFirings: async (app, key) => jsonCopy(firingsOf(tables, app, key)),
    async write(lane, given) {
      // First of all, since what is not valid JSON throws: nothing may be written by then.
      const changes = jsonCopy(given);
      checkChanges(tables, lane, changes);
      applyChanges(tables, lane, changes);
    },
    holds: async (lane) => laneRowOf(tables, lane).epoch === lane.epoch,
    resetLanes: async (request) => jsonCopy(resetTables(tables, request)),
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const inOrder = <Row extends { readonly seq: number }>(rows: ReadonlyMap<number, Row>): Row[] =>
  [...rows.values()].sort((a, b) => a.seq - b.seq);
