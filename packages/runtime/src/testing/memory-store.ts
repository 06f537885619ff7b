import { KeylineError } from "../errors.js";
import type {
  ClockFiring,
  LaneChanges,
  LaneId,
  LaneSnapshot,
  OutboxRow,
  OwnedLane,
  ParkedRow,
  ReleaseCommand,
  StateRow,
  Store,
  StoredPosition,
} from "../ports/store.js";

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

  const firings = new Map<string, ClockFiring[]>();
  const firingsOf = ({ app, domain }: Pick<LaneId, "app" | "domain">, key: string) =>
    firings.get(JSON.stringify([app, domain, key])) ?? [];

  const commands: (LaneId & { -readonly [Name in keyof ReleaseCommand]: ReleaseCommand[Name] } & {
    result: string | null;
  })[] = [];

  const nobodys: LaneRow = { epoch: Number.NaN, positions: new Map(), outbox: new Map(), parked: new Map() };
  const laneOf = (lane: LaneId): LaneRow => lanes.get(nameOf(lane)) ?? nobodys;
  const raised = (lane: LaneId): LaneRow => {
    const row = lanes.get(nameOf(lane)) ?? { epoch: 0, positions: new Map(), outbox: new Map(), parked: new Map() };
    lanes.set(nameOf(lane), row);
    row.epoch += 1;
    return row;
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
      throw fenced(lane, `has epoch ${row.epoch}, not ${lane.epoch}: another owner took it`);
    }
    for (const { topic, partition, from } of changes.positions) {
      const next = row.positions.get(`${topic}/${partition}`)?.next ?? null;
      if (next === from) continue;
      throw fenced(lane, `has ${topic}/${partition} at ${next}, not ${from}`);
    }
    for (const { key, version } of changes.states) {
      const stored = statesOf(lane).get(key)?.version ?? 0;
      if (stored === version) continue;
      throw new KeylineError("state_conflict", `state of key ${key} has version ${stored}, not ${version}`);
    }
    const known = [
      ...changes.outboxAdded.filter(({ seq }) => row.outbox.has(seq)),
      ...changes.parkedAdded.filter(({ seq }) => row.parked.has(seq)),
    ];
    if (known.length > 0) throw fenced(lane, `holds an event of number ${known[0]?.seq} already`);
  };

  const timersOf = (lane: LaneId) =>
    [...statesOf(lane).values()].flatMap(({ key, dueAtMs, lane: home }) =>
      dueAtMs !== null && home === lane.lane ? [{ key, dueAtMs }] : [],
    );

  return {
    async takeLane(lane): Promise<LaneSnapshot> {
      const row = raised(lane);
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
    async readParked(lane, key, limit) {
      const own = [...laneOf(lane).parked.values()].filter((row) => row.key === key);
      return copy(own.sort((a, b) => a.seq - b.seq).slice(0, limit));
    },
    async askRelease({ app, domain }, command) {
      const asked = [...lanes].flatMap(([name, { parked }]) => {
        const [ofApp, ofDomain, lane] = JSON.parse(name) as [string, string, number];
        const holds =
          ofApp === app && ofDomain === domain && [...parked.values()].some(({ key }) => key === command.key);
        return holds ? [{ ...command, app, domain, lane, id: 0, progress: 0, result: null }] : [];
      });
      return asked.map((one) => commands.push({ ...one, id: commands.length + 1 }));
    },
    async readCommands(lane) {
      return commands
        .filter((command) => nameOf(command) === nameOf(lane) && command.result === null)
        .map(({ id, key, action, by, progress }) => ({ id, key, action, by, progress }));
    },
    readFirings: async (app, key) => copy(firingsOf(app, key)),
    async write(lane, given) {
      const row = laneOf(lane);
      // First of all, for what is no JSON throws: nothing may be written by then.
      const changes = copy(given);
      check(lane, row, changes);
      for (const { from: _, ...position } of changes.positions) {
        row.positions.set(`${position.topic}/${position.partition}`, position);
      }
      for (const { key, version, state, meta, lane: home, dueAtMs } of changes.states) {
        const next = { key, version: version + 1, state: state ?? null, meta: meta ?? null, lane: home, dueAtMs };
        statesOf(lane).set(key, next);
      }
      for (const seq of changes.outboxRemoved) row.outbox.delete(seq);
      for (const added of changes.outboxAdded) row.outbox.set(added.seq, added);
      for (const seq of changes.parkedRemoved) row.parked.delete(seq);
      for (const added of changes.parkedAdded) row.parked.set(added.seq, added);
      for (const { id, progress, result } of changes.commands) {
        const command = commands[id - 1];
        if (command) Object.assign(command, { progress, result });
      }
      for (const firing of changes.firings) {
        firings.set(JSON.stringify([lane.app, lane.domain, firing.key]), [...firingsOf(lane, firing.key), firing]);
      }
    },
    holds: async (lane) => laneOf(lane).epoch === lane.epoch,
    close: async () => undefined,
  };
}

const nameOf = ({ app, domain, lane }: LaneId) => JSON.stringify([app, domain, lane]);

const fenced = ({ app, domain, lane }: LaneId, why: string) =>
  new KeylineError("lane_fenced", `lane ${app}/${domain}/${lane} ${why}`);

/** As JSON would bring it back: nothing in the store is shared with its users. */
function copy<T>(value: T): T {
  try {
    return JSON.parse(JSON.stringify(value, keepNegativeZero)) as T;
  } catch (caught) {
    throw new KeylineError("store_unavailable", `cannot store what is no JSON: ${String(caught)}`, {
      cause: caught,
      retryable: false,
    });
  }
}

// No typings know it yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const keepNegativeZero = (_field: string, value: unknown) => (Object.is(value, -0) ? rawJSON("-0") : value);
