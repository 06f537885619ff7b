import type { LaneId, SilenceMarks, StoredPosition } from "@keyline/runtime/store";
import { laneRowKey, silenceOfRow } from "@keyline/runtime/store";
import type { TopicPartition } from "@keyline/runtime/transport";
import { readStates } from "../lane/states.js";
import { readPositions } from "../lane/take-lane.js";
import type { Sql } from "../sql.js";
import { toInteger } from "../text.js";

/** A lane of a projection in the store. */
export interface ProjectionLane extends LaneId {
  /** The number of times that the lane was taken. */
  readonly epoch: number;
  readonly positions: readonly StoredPosition[];
  /** The number of keys that have a state. */
  readonly keys: number;
  readonly parked: {
    readonly keys: number;
    readonly events: number;
    /** The position of the oldest parked event of each log. */
    readonly first: readonly (TopicPartition & { readonly offset: number })[];
  };
  /**
   * The number of keys with a timer, the number of those whose next timer is due, and when the first is due
   * (milliseconds since 1970).
   */
  readonly timers: { readonly keys: number; readonly due: number; readonly nextAtMs: number | null };
  /** The number of events that wait to be published. */
  readonly outbox: number;
  /** The positions up to which a lane that was reset does not publish its output again. */
  readonly silence: SilenceMarks;
}

/** A table of the store: its size on disk, which all apps share, and the number of rows of the requested apps. */
export interface TableSize {
  readonly table: string;
  readonly bytes: number;
  readonly rows: number;
}

/** The projections of a store. */
export interface ProjectionsState {
  readonly lanes: readonly ProjectionLane[];
  readonly tables: readonly TableSize[];
}

const tables = ["states", "positions", "outbox", "parked", "firings", "commands"] as const;

/** How the projections stand: all, or that of one app. `nowMs` decides which timers are due. */
export async function describeProjections(
  sql: Sql,
  schema: string,
  { app, nowMs }: { readonly app: string | null; readonly nowMs: number },
): Promise<ProjectionsState> {
  const lanes = await sql.query<LaneRow>(laneQuery(schema), [app, nowMs]);
  return {
    lanes: await Promise.all(lanes.map((row) => laneOf(sql, schema, row))),
    tables: await Promise.all(tables.map((table) => sizeOf(sql, schema, table, app))),
  };
}

interface LaneRow extends LaneId {
  readonly epoch: string;
  readonly keys: string;
  readonly timers: string;
  readonly due: string;
  readonly next: number | null;
  readonly parked: string;
  readonly parked_keys: string;
  readonly outbox: string;
}

const laneQuery = (schema: string) => `
  select l.app, l.domain, l.lane, l.epoch::text,
    coalesce(s.keys, 0)::text as keys, coalesce(s.timers, 0)::text as timers, coalesce(s.due, 0)::text as due, s.next,
    coalesce(p.events, 0)::text as parked, coalesce(p.keys, 0)::text as parked_keys, coalesce(o.events, 0)::text as outbox
  from ${schema}.lanes l
  left join (
    select app, domain, lane, count(*) filter (where state <> 'null') as keys, count(due_at_ms) as timers,
      count(*) filter (where due_at_ms < $2::double precision) as due, min(due_at_ms) as next
    from ${schema}.states where $1::text is null or app = $1 group by app, domain, lane
  ) s using (app, domain, lane)
  left join (
    select app, domain, lane, count(*) as events, count(distinct key) as keys
    from ${schema}.parked where $1::text is null or app = $1 group by app, domain, lane
  ) p using (app, domain, lane)
  left join (
    select app, domain, lane, count(*) as events
    from ${schema}.outbox where $1::text is null or app = $1 group by app, domain, lane
  ) o using (app, domain, lane)
  where $1::text is null or l.app = $1
  order by app, domain, lane`;

async function laneOf(sql: Sql, schema: string, row: LaneRow): Promise<ProjectionLane> {
  const { app, domain, lane } = row;
  const own = (await readStates(sql, schema, row, [laneRowKey(lane)])).get(laneRowKey(lane));
  return {
    ...{ app, domain, lane, epoch: toInteger(row.epoch), keys: toInteger(row.keys), outbox: toInteger(row.outbox) },
    positions: await readPositions(sql, schema, row),
    parked: {
      keys: toInteger(row.parked_keys),
      events: toInteger(row.parked),
      first: row.parked === "0" ? [] : await firstParked(sql, schema, row),
    },
    timers: { keys: toInteger(row.timers), due: toInteger(row.due), nextAtMs: row.next },
    silence: own ? silenceOfRow(own) : {},
  };
}

async function firstParked(sql: Sql, schema: string, { app, domain, lane }: LaneId) {
  const rows = await sql.query<TopicPartition & { readonly first: string }>(
    `select topic, partition, min("offset")::text as first from ${schema}.parked
     where app = $1 and domain = $2 and lane = $3 group by topic, partition order by topic, partition`,
    [app, domain, lane],
  );
  return rows.map(({ topic, partition, first }) => ({ topic, partition, offset: toInteger(first) }));
}

async function sizeOf(sql: Sql, schema: string, table: string, app: string | null): Promise<TableSize> {
  const [row] = await sql.query<{ bytes: string; rows: string }>(
    `select pg_total_relation_size($2::regclass)::text as bytes,
       (select count(*) from ${schema}.${table} where $1::text is null or app = $1)::text as rows`,
    [app, `${schema}.${table}`],
  );
  return { table, bytes: toInteger(row?.bytes ?? "0"), rows: toInteger(row?.rows ?? "0") };
}
