import { recordOfParked } from "@keyline/runtime/store";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import type { Sql } from "../sql.js";
import { fromText, keyText, toInteger } from "../text.js";

/** One parked event of a key. */
export interface ParkedEventOfKey {
  readonly app: string;
  /** The original record. */
  readonly record: ConsumerRecord;
  /** Why it failed; null for an event that waits behind another. */
  readonly failure: { readonly code: string; readonly message: string; readonly lastAtMs: number } | null;
}

interface Row {
  readonly app: string;
  readonly seq: string;
  readonly topic: string;
  readonly partition: number;
  readonly at: string;
  readonly record: string;
}

/** The parked events of a key, over all apps. */
export async function listParkedEvents(
  sql: Sql,
  { domain, key, limit }: { readonly domain: string; readonly key: string; readonly limit: number },
  schema: string,
): Promise<readonly ParkedEventOfKey[]> {
  const rows = await sql.query<Row>(
    `select app, seq::text, topic, partition, "offset"::text as at, record
     from ${schema}.parked where domain = $1 and key = $2 order by app, lane, parked.seq limit $3`,
    [domain, keyText(key), limit],
  );
  return rows.map(({ app, seq, at, record, ...place }) => {
    const parked = fromText(record) as { readonly failure: ParkedEventOfKey["failure"] };
    const row = { ...place, key, seq: toInteger(seq), offset: toInteger(at), record: parked };
    return { app, record: recordOfParked(row), failure: parked.failure };
  });
}
