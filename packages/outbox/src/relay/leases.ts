import type { Database, Sql } from "@keyline/postgres/database";
import { slotCount } from "../write/order-key.js";

/** Slots by number, each with the epoch under which it is owned. */
export type Owned = ReadonlyMap<number, number>;

export interface LeaseOptions {
  readonly database: Database;
  readonly schema: string;
  /** Names this relay among all that ever were. */
  readonly relay: string;
  /** How long what a relay owns stays its own after it was heard of last, by the database's clock. */
  readonly leaseMs: number;
}

/** What this relay owns after it was heard of again, and how many slots each relay should own. */
export interface Standing {
  readonly owned: Owned;
  readonly share: number;
}

/**
 * Says that this relay is alive, renews its leases, and takes free slots up to its share. All by the database's clock, in
 * one transaction without anything that outlives it: a relay's own clock and its connection do not matter.
 */
export function renew({ database, schema, relay, leaseMs }: LeaseOptions): Promise<Standing> {
  const until = "clock_timestamp() + ($2::double precision * interval '1 millisecond')";
  return database.transaction(async (sql) => {
    await sql.query(
      `insert into ${schema}.outbox_relays (relay, alive_until) values ($1, ${until})
       on conflict (relay) do update set alive_until = excluded.alive_until`,
      [relay, leaseMs],
    );
    const renewed = await slotsOf(
      sql,
      `update ${schema}.outbox_slots set leased_until = ${until} where relay = $1 returning slot, epoch::text as epoch`,
      [relay, leaseMs],
    );
    const [alive] = await sql.query<{ relays: number }>(
      `select count(*)::integer as relays from ${schema}.outbox_relays where alive_until >= clock_timestamp()`,
    );
    const share = Math.ceil(slotCount / Math.max(1, alive?.relays ?? 1));
    const taken = await slotsOf(
      sql,
      `update ${schema}.outbox_slots set epoch = epoch + 1, relay = $1, leased_until = ${until}
       where slot in (
         select slot from ${schema}.outbox_slots where leased_until < clock_timestamp()
         order by leased_until limit $3 for update skip locked
       )
       returning slot, epoch::text as epoch`,
      [relay, leaseMs, Math.max(0, share - renewed.length)],
    );
    return { owned: new Map([...renewed, ...taken]), share };
  });
}

/** Gives slots to others at once. */
export async function release({ database, schema, relay }: LeaseOptions, slots: readonly number[]): Promise<void> {
  await database.query(
    `update ${schema}.outbox_slots set relay = null, leased_until = '-infinity'
     where relay = $1 and slot = any($2::smallint[])`,
    [relay, slots],
  );
}

/** Gives all away: this relay ends. Takes along what relays that ended without a word left behind. */
export async function leave({ database, schema, relay }: LeaseOptions): Promise<void> {
  await database.query(`update ${schema}.outbox_slots set relay = null, leased_until = '-infinity' where relay = $1`, [
    relay,
  ]);
  await database.query(
    `delete from ${schema}.outbox_relays where relay in (
       select relay from ${schema}.outbox_relays
       where relay = $1 or alive_until < clock_timestamp() - interval '1 day' for update skip locked
     )`,
    [relay],
  );
}

async function slotsOf(sql: Sql, statement: string, params: readonly unknown[]) {
  const rows = await sql.query<{ slot: number; epoch: string }>(statement, params);
  return rows.map(({ slot, epoch }) => [slot, Number(epoch)] as const);
}
