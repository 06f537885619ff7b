import { type Database, keyFrom, schemaName, storeError } from "@keyline/postgres/database";

/** A key that is parked until the cause of the failure is fixed. */
export interface ParkedKey {
  /** Null for an event without an ordering domain. */
  readonly domain: string | null;
  readonly key: string | null;
  /** The number of its first row, which cannot be published. */
  readonly number: string;
  /** The error code, and its message. */
  readonly code: string;
  readonly text: string;
  /** The time since the first failure (milliseconds). */
  readonly parkedMs: number;
}

/** The status of an outbox. */
export interface OutboxStatus {
  /** The number of rows that are not published yet, including those of parked keys. */
  readonly waiting: number;
  /** The age of the oldest of them (milliseconds); null if none waits. */
  readonly oldestMs: number | null;
  readonly parkedKeys: number;
  /** The first parked keys, at most 100. */
  readonly parked: readonly ParkedKey[];
  /** The number of relays that renewed their lease in time. */
  readonly relays: number;
  /** The number of slots without a relay: their rows are not published now. */
  readonly freeSlots: number;
}

interface Counts {
  readonly waiting: string;
  readonly oldest: number | null;
  readonly parked: string;
  readonly relays: string;
  readonly free: string;
}

/** Reads the status of an outbox, and changes nothing. Throws `store_unavailable`, also if its tables are missing. */
export async function readOutboxStatus(database: Database, schema?: string): Promise<OutboxStatus> {
  const name = schemaName(schema);
  try {
    const [counts] = await database.query<Counts>(`select
      (select count(*) from ${name}.outbox_events)::text as waiting,
      (select (extract(epoch from clock_timestamp() - min(written_at)) * 1000)::double precision
        from ${name}.outbox_events) as oldest,
      (select count(*) from ${name}.outbox_events where refused_at is not null)::text as parked,
      (select count(*) from ${name}.outbox_relays where alive_until >= clock_timestamp())::text as relays,
      (select count(*) from ${name}.outbox_slots where leased_until < clock_timestamp())::text as free`);
    const parked = await database.query<Omit<ParkedKey, "key"> & { readonly key: string | null }>(
      `select domain, key, id::text as number, refused_code as code, refused_text as text,
         (extract(epoch from clock_timestamp() - refused_at) * 1000)::double precision as "parkedMs"
       from ${name}.outbox_events where refused_at is not null order by id limit 100`,
    );
    return {
      waiting: Number(counts?.waiting),
      oldestMs: counts?.oldest ?? null,
      parkedKeys: Number(counts?.parked),
      parked: parked.map((row) => ({ ...row, key: row.key === null ? null : keyFrom(row.key) })),
      relays: Number(counts?.relays),
      freeSlots: Number(counts?.free),
    };
  } catch (caught) {
    throw storeError(caught, "read the status of the outbox");
  }
}
