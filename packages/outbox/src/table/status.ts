import { type Database, keyFrom, schemaName, storeError } from "@keyline/postgres/database";

/** A key that waits for the cause of a refusal to be mended. */
export interface ParkedKey {
  /** Null for an event that no key keeps in order. */
  readonly domain: string | null;
  readonly key: string | null;
  /** The number of its first row: the one that cannot be published. */
  readonly number: string;
  /** An error code, and what it is about. */
  readonly code: string;
  readonly text: string;
  /** How long ago it was refused first. */
  readonly parkedMs: number;
}

/** How an outbox stands. */
export interface OutboxStatus {
  /** Rows that are not published yet, those of parked keys too. */
  readonly waiting: number;
  /** How long ago the oldest of them was written; null where none waits. */
  readonly oldestMs: number | null;
  readonly parkedKeys: number;
  /** The first of them, 100 at most. */
  readonly parked: readonly ParkedKey[];
  /** Relays that were heard of within their lease. */
  readonly relays: number;
  /** Slots whose rows no relay publishes now. */
  readonly freeSlots: number;
}

interface Counts {
  readonly waiting: string;
  readonly oldest: number | null;
  readonly parked: string;
  readonly relays: string;
  readonly free: string;
}

/** Reads how an outbox stands, and changes nothing. Throws `store_unavailable`, also where its tables are missing. */
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
    throw storeError(caught, "read how the outbox stands");
  }
}
