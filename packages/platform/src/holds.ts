import type { SqlStore } from "@keyline/postgres";
import type { Hooks, RecordPosition } from "@keyline/runtime";

/** That an app waited for an event's cause before it applied the event. */
export interface HoldRecord extends RecordPosition {
  readonly app: string;
  readonly cause: RecordPosition;
  readonly heldMs: number;
}

/** Records what waited for what, for timelines. Nothing depends on it: what it cannot write is left out. */
export interface HoldRecorder {
  readonly hooks: Hooks;
  /** Writes what is left. */
  close(): Promise<void>;
}

const table = `
  create table if not exists app_holds (
    app text not null, topic text not null, partition integer not null, "offset" bigint not null,
    cause_topic text not null, cause_partition integer not null, cause_offset bigint not null,
    held_ms double precision not null, recorded_at timestamptz not null default now(),
    primary key (topic, partition, "offset", app)
  )`;
const index = "create index if not exists app_holds_recorded on app_holds (recorded_at)";

/** Makes the table of holds. */
export async function createHoldsTable(store: Pick<SqlStore, "migrate">): Promise<void> {
  await store.migrate([table, index]);
}

/** Holds at most that are kept in memory, open ones and those to be written. */
const most = 5000;
const cleanEveryMs = 3_600_000;

/** Records an app's holds. The table must be there; rows older than `keepDays` (default 14) are deleted. */
export function createHoldRecorder(options: {
  readonly app: string;
  readonly store: Pick<SqlStore, "sql">;
  /** How often to write. Default 500 ms. */
  readonly everyMs?: number;
  readonly keepDays?: number;
}): HoldRecorder {
  const { app, store, everyMs = 500, keepDays = 14 } = options;
  // Invariant: a hold is in `open` from its begin to its end, then in `ended` until it is handed to a write; each
  // has `most` at most. Writes follow each other in `writing`.
  const open = new Map<string, RecordPosition>();
  let ended = new Map<string, HoldRecord>();
  let cleanAtMs = performance.now();
  let writing: Promise<void> = Promise.resolve();

  const write = async () => {
    const records = [...ended.values()];
    if (records.length === 0) return;
    ended = new Map();
    try {
      await writeHolds(store, records);
      if (performance.now() < cleanAtMs) return;
      cleanAtMs = performance.now() + cleanEveryMs;
      await store.sql("delete from app_holds where recorded_at < now() - $1 * interval '1 day'", [keepDays]);
    } catch {
      // The app's own transactions tell that the store is away.
    }
  };
  const timer = setInterval(() => {
    writing = writing.then(write);
  }, everyMs);
  timer.unref();

  return {
    hooks: {
      held(event) {
        if (open.size < most) open.set(nameOf(event), event.cause);
      },
      released(event) {
        const name = nameOf(event);
        const cause = open.get(name);
        open.delete(name);
        const { topic, partition, offset, heldMs } = event;
        if (cause && ended.size < most) ended.set(name, { app, topic, partition, offset, cause, heldMs });
      },
      laneLost({ lane }) {
        for (const [name, { partition }] of open) if (partition === lane) open.delete(name);
      },
    },
    async close() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}

function nameOf({ topic, partition, offset }: RecordPosition): string {
  return `${topic}/${partition}@${offset}`;
}

async function writeHolds(store: Pick<SqlStore, "sql">, records: readonly HoldRecord[]): Promise<void> {
  const column = (value: (record: HoldRecord) => unknown) => records.map(value);
  await store.sql(
    `insert into app_holds as h (app, topic, partition, "offset", cause_topic, cause_partition, cause_offset, held_ms)
     select * from unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::text[], $6::integer[], $7::bigint[],
       $8::double precision[])
     on conflict (topic, partition, "offset", app) do update set held_ms = greatest(h.held_ms, excluded.held_ms)`,
    [
      column(({ app }) => app),
      column(({ topic }) => topic),
      column(({ partition }) => partition),
      column(({ offset }) => offset),
      column(({ cause }) => cause.topic),
      column(({ cause }) => cause.partition),
      column(({ cause }) => cause.offset),
      column(({ heldMs }) => heldMs),
    ],
  );
}

interface HoldRow extends RecordPosition {
  readonly app: string;
  readonly cause_topic: string;
  readonly cause_partition: number;
  readonly cause_offset: number;
  readonly held_ms: number;
}

/** The holds that were recorded of these records, by any app. The table must be there. */
export async function readHolds(
  store: Pick<SqlStore, "sql">,
  records: readonly RecordPosition[],
): Promise<readonly HoldRecord[]> {
  if (records.length === 0) return [];
  const rows = await store.sql<HoldRow>(
    `select h.app, h.topic, h.partition, h."offset"::float8 as "offset", h.cause_topic, h.cause_partition,
       h.cause_offset::float8 as cause_offset, h.held_ms
     from app_holds h
     join unnest($1::text[], $2::integer[], $3::bigint[]) as r(topic, partition, "offset")
       on h.topic = r.topic and h.partition = r.partition and h."offset" = r."offset"
     order by h.app`,
    [records.map(({ topic }) => topic), records.map(({ partition }) => partition), records.map(({ offset }) => offset)],
  );
  return rows.map(({ cause_topic, cause_partition, cause_offset, held_ms, app, topic, partition, offset }) => ({
    app,
    topic,
    partition,
    offset,
    cause: { topic: cause_topic, partition: cause_partition, offset: cause_offset },
    heldMs: held_ms,
  }));
}
