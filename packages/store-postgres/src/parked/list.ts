import type { RecordPosition } from "@keyline/runtime";
import type { SqlStore } from "../store.js";
import { keyFrom, keyText, toInteger } from "../text.js";

/** The parked events of one key of one app. */
export interface ParkedKey {
  readonly app: string;
  readonly domain: string;
  readonly key: string;
  readonly events: number;
  /** The position of the event that failed. */
  readonly first: RecordPosition;
  readonly code: string | null;
  readonly message: string | null;
  /** When it failed for the first and the last time (milliseconds since 1970). */
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  /** Where and why the last release stopped; null if it did not stop, or none was requested. */
  readonly stopped: string | null;
}

/** The result of a command to release a key. */
export interface ReleaseRecord {
  readonly id: number;
  readonly app: string;
  readonly key: string;
  readonly action: "replay" | "skip";
  readonly by: string;
  readonly askedAt: Date;
  /** The result; null until the command has been carried out. */
  readonly result: string | null;
}

/** Which keys to list; default all. */
export interface ParkedFilter {
  readonly app?: string | undefined;
  readonly key?: string | undefined;
}

interface Row {
  readonly app: string;
  readonly domain: string;
  readonly key: string;
  readonly events: string;
  readonly topic: string;
  readonly partition: number;
  readonly at: string;
  readonly failure: {
    readonly code: string;
    readonly message: string;
    readonly firstAtMs: number;
    readonly lastAtMs: number;
  } | null;
  readonly released: string | null;
}

/** The keys that have parked events, each with the event that failed, by app and key. `schema` is the store's. */
export async function listParked(
  store: SqlStore,
  { app, key }: ParkedFilter = {},
  schema = "keyline",
): Promise<readonly ParkedKey[]> {
  const rows = await store.sql<Row>(
    `select distinct on (app, domain, key) app, domain, key,
       count(*) over (partition by app, domain, key) as events,
       topic, partition, "offset"::text as at, record::json->'failure' as failure,
       (select result from ${schema}.commands as c
        where (c.app, c.domain, c.key) = (parked.app, parked.domain, parked.key) order by c.id desc limit 1) as released
     from ${schema}.parked
     where ($1::text is null or app = $1) and ($2::text is null or key = $2)
     order by app, domain, key, lane, seq`,
    [app ?? null, key === undefined ? null : keyText(key)],
  );
  return rows.map(({ failure, events, topic, partition, at, released, ...row }) => ({
    ...row,
    key: keyFrom(row.key),
    events: Number(events),
    first: { topic, partition, offset: toInteger(at) },
    code: failure?.code ?? null,
    message: failure?.message ?? null,
    firstAtMs: failure?.firstAtMs ?? null,
    lastAtMs: failure?.lastAtMs ?? null,
    stopped: released?.startsWith("stopped ") ? released : null,
  }));
}

/** Commands to release keys, each with its result; `result` is null for pending commands. */
export async function readReleases(
  store: SqlStore,
  ids: readonly number[],
  schema = "keyline",
): Promise<readonly ReleaseRecord[]> {
  type Stored = Omit<ReleaseRecord, "id" | "askedAt"> & { readonly id: string; readonly asked: Date };
  const rows = await store.sql<Stored>(
    `select id::text, app, key, action, asked_by as by, asked_at as asked, result
     from ${schema}.commands where id = any($1::bigint[]) order by commands.id`,
    [ids],
  );
  return rows.map(({ id, asked, key, ...row }) => ({ ...row, id: toInteger(id), key: keyFrom(key), askedAt: asked }));
}
