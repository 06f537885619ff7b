import { KeylineError } from "../errors.js";
import type {
  ClockFiring,
  LaneChanges,
  LaneId,
  LaneReset,
  LaneSnapshot,
  OutboxRow,
  OwnedLane,
  ParkedRow,
  ReleaseCommand,
  ResetRequest,
  StateRow,
  StoredPosition,
} from "../ports/store.js";
import { type KeyToReset, laneRowKey, resetRows } from "../projection/reset-rows.js";

/** What a lane's row holds, and the rows that hang on it. */
export interface LaneRow {
  epoch: number;
  readonly positions: Map<string, StoredPosition>;
  readonly outbox: Map<number, OutboxRow>;
  readonly parked: Map<number, ParkedRow>;
}

export interface KeyRow extends StateRow {
  readonly lane: number;
  readonly dueAtMs: number | null;
}

/** A command as it stands; done once it has a result. */
export interface CommandRow extends LaneId, Omit<ReleaseCommand, "progress"> {
  progress: number;
  result: string | null;
}

/** An app in a domain: what states and firings belong to. */
export type AppId = Pick<LaneId, "app" | "domain">;

/** The tables of a store in memory, as a database has them. Only `takeRow`, `applyChanges` and `resetTables` change them. */
export interface Tables {
  /** By app, domain and lane. */
  readonly lanes: Map<string, LaneRow>;
  /** By app and domain, then by key. */
  readonly states: Map<string, Map<string, KeyRow>>;
  /** By app, domain and key. */
  readonly firings: Map<string, ClockFiring[]>;
  /** A command's id is its place, counted from one. */
  readonly commands: CommandRow[];
}

export const emptyTables = (): Tables => ({ lanes: new Map(), states: new Map(), firings: new Map(), commands: [] });

const emptyLane = (epoch: number): LaneRow => ({
  epoch,
  positions: new Map(),
  outbox: new Map(),
  parked: new Map(),
});

/** The lane as it stands; one that was never taken has an epoch that no owner has. */
export const laneRowOf = ({ lanes }: Tables, lane: LaneId): LaneRow => lanes.get(nameOf(lane)) ?? emptyLane(Number.NaN);

/** Raises the lane's epoch. */
export function takeRow({ lanes }: Tables, lane: LaneId): LaneRow {
  const row = lanes.get(nameOf(lane)) ?? emptyLane(0);
  lanes.set(nameOf(lane), row);
  row.epoch += 1;
  return row;
}

export function statesOf({ states }: Tables, { app, domain }: AppId): Map<string, KeyRow> {
  const name = JSON.stringify([app, domain]);
  const known = states.get(name) ?? new Map<string, KeyRow>();
  states.set(name, known);
  return known;
}

export function timersOf(tables: Tables, lane: LaneId): LaneSnapshot["timers"] {
  return [...statesOf(tables, lane).values()].flatMap(({ key, dueAtMs, lane: home }) =>
    dueAtMs !== null && home === lane.lane ? [{ key, dueAtMs }] : [],
  );
}

export const firingsOf = ({ firings }: Tables, { app, domain }: AppId, key: string): readonly ClockFiring[] =>
  firings.get(JSON.stringify([app, domain, key])) ?? [];

/** The lanes of the app in which events of the key are parked. */
export function lanesWithParked({ lanes }: Tables, { app, domain }: AppId, key: string): LaneId[] {
  return [...lanes].flatMap(([name, { parked }]) => {
    const [ofApp, ofDomain, lane] = JSON.parse(name) as [string, string, number];
    const isParked = [...parked.values()].some((row) => row.key === key);
    return ofApp === app && ofDomain === domain && isParked ? [{ app, domain, lane }] : [];
  });
}

/** Throws `lane_fenced` or `state_conflict` where a transaction may not write these changes. */
export function checkChanges(tables: Tables, lane: OwnedLane, changes: LaneChanges): void {
  const row = laneRowOf(tables, lane);
  if (row.epoch !== lane.epoch) {
    throw fenced(lane, `has epoch ${row.epoch}, not ${lane.epoch}: another owner took it`);
  }
  for (const { topic, partition, from } of changes.positions) {
    const next = row.positions.get(`${topic}/${partition}`)?.next ?? null;
    if (next === from) continue;
    throw fenced(lane, `has ${topic}/${partition} at ${next}, not ${from}`);
  }
  for (const { key, version } of changes.states) {
    const stored = statesOf(tables, lane).get(key)?.version ?? 0;
    if (stored === version) continue;
    throw new KeylineError("state_conflict", `state of key ${key} has version ${stored}, not ${version}`);
  }
  const known = [
    ...changes.outboxAdded.filter(({ seq }) => row.outbox.has(seq)),
    ...changes.parkedAdded.filter(({ seq }) => row.parked.has(seq) && !changes.parkedRemoved.includes(seq)),
  ];
  if (known.length > 0) throw fenced(lane, `holds an event of number ${known[0]?.seq} already`);
}

/** Makes changes that were checked. */
export function applyChanges(tables: Tables, lane: OwnedLane, changes: LaneChanges): void {
  const row = laneRowOf(tables, lane);
  for (const { from: _, ...position } of changes.positions) {
    row.positions.set(`${position.topic}/${position.partition}`, position);
  }
  for (const { key, version, state, meta, lane: home, dueAtMs } of changes.states) {
    const next = { key, version: version + 1, state: state ?? null, meta: meta ?? null, lane: home, dueAtMs };
    statesOf(tables, lane).set(key, next);
  }
  for (const seq of changes.outboxRemoved) row.outbox.delete(seq);
  for (const added of changes.outboxAdded) row.outbox.set(added.seq, added);
  for (const seq of changes.parkedRemoved) row.parked.delete(seq);
  for (const added of changes.parkedAdded) row.parked.set(added.seq, added);
  for (const { id, progress, result } of changes.commands) {
    const command = tables.commands[id - 1];
    if (command) Object.assign(command, { progress, result });
  }
  for (const firing of changes.firings) {
    const name = JSON.stringify([lane.app, lane.domain, firing.key]);
    tables.firings.set(name, [...firingsOf(tables, lane, firing.key), firing]);
  }
}

/** Resets lanes. What a key has in lanes that are not reset stays. */
export function resetTables(tables: Tables, request: ResetRequest): readonly LaneReset[] {
  const lanes = request.lanes.filter((lane) => tables.lanes.has(nameOf({ ...request, lane })));
  const states = statesOf(tables, request);
  const rows = resetRows(
    lanes.map((lane) => ({
      lane,
      positions: [...laneRowOf(tables, { ...request, lane }).positions.values()],
      own: states.get(laneRowKey(lane)) ?? null,
    })),
    request,
  );
  const owns = new Set(lanes.map(laneRowKey));
  const ofKeys = [...states.values()].filter(({ key, lane }) => lanes.includes(lane) && !owns.has(key));
  for (const row of ofKeys) {
    const meta = rows.ofKey({ lane: row.lane, row, parked: parkedOf(tables, request, row.key) });
    tables.firings.delete(JSON.stringify([request.app, request.domain, row.key]));
    if (meta === null) states.delete(row.key);
    else states.set(row.key, { ...row, version: row.version + 1, state: null, meta, dueAtMs: null });
  }
  return lanes.map((lane) => {
    const row = takeRow(tables, { ...request, lane });
    row.positions.clear();
    for (const { seq, key } of [...row.parked.values()])
      if (lanes.includes(states.get(key)?.lane ?? lane)) row.parked.delete(seq);
    for (const command of tables.commands)
      if (
        nameOf(command) === nameOf({ ...request, lane }) &&
        ![...row.parked.values()].some(({ key }) => key === command.key)
      )
        command.result ??= "the lane was reset";
    const own = states.get(laneRowKey(lane));
    const of = { key: laneRowKey(lane), lane, state: null, dueAtMs: null };
    states.set(of.key, { ...of, version: (own?.version ?? 0) + 1, meta: rows.ofLane(lane) });
    return { lane, epoch: row.epoch, keys: ofKeys.filter((one) => one.lane === lane && one.state !== null).length };
  });
}

function parkedOf({ lanes }: Tables, { app, domain }: AppId, key: string): KeyToReset["parked"] {
  const ofKey = [...lanes].flatMap(([name, { parked }]) => {
    const [ofApp, ofDomain] = JSON.parse(name) as [string, string, number];
    return ofApp === app && ofDomain === domain ? [...parked.values()].filter((row) => row.key === key) : [];
  });
  return [...Map.groupBy(ofKey, ({ topic, partition }) => `${topic}/${partition}`).values()].map((rows) => {
    const [{ topic, partition } = { topic: "", partition: 0 }] = rows;
    return { topic, partition, offset: Math.min(...rows.map(({ offset }) => offset)), events: rows.length };
  });
}

export const nameOf = ({ app, domain, lane }: LaneId) => JSON.stringify([app, domain, lane]);

const fenced = ({ app, domain, lane }: LaneId, why: string) =>
  new KeylineError("lane_fenced", `lane ${app}/${domain}/${lane} ${why}`);
