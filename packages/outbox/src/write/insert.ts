import { keyText } from "@keyline/postgres/database";
import { KeylineError } from "@keyline/runtime";
import type { WrittenEvent } from "@keyline/runtime/outbox";
import { type Execute, notInTransaction, rowsOf, sqlStateOf } from "@keyline/runtime/store";
import { type KeyPlace, keyPlace } from "./order-key.js";

/** Keys in one transaction at most: the server has room for so many locks of all transactions together. */
export const mostKeys = 1000;

/** Where a row stands: null for an event that no key keeps in order. */
interface Ordered {
  readonly domain: string;
  readonly key: string;
}

/** Writes one row in the caller's transaction, and resolves to its number. */
export async function insertRow(
  execute: Execute,
  schema: string,
  { event, text }: WrittenEvent,
  domain: string | null,
): Promise<string> {
  const ordered = domain === null || event.key === null ? null : { domain, key: event.key };
  // Nothing orders it: any slot will do, and it stays in it.
  const place = ordered ? keyPlace(ordered.domain, ordered.key) : keyPlace("", event.written?.recordId ?? "");
  const transaction = ordered ? await lockKey(execute, place, ordered) : await transactionOf(execute);
  const number = await insert(execute, schema, [
    ...[transaction, String(place.slot), place.hash],
    ...[ordered?.domain ?? null, ordered ? keyText(ordered.key) : null, text],
  ]);
  if (number !== undefined) return String(number);
  throw notInTransaction(`write to ${event.topic}`);
}

/**
 * What of a transaction's keys is noted, in a setting that ends with the transaction and goes back with a savepoint: the marks
 * of all keys, each of the same length.
 */
const setting = "keyline.outbox_keys";
const markOf = ({ hash }: KeyPlace) => `${BigInt.asUintN(64, BigInt(hash)).toString(36).padStart(13, "0")},`;

/**
 * Waits until no other open transaction has written an event of the key: so row numbers of a key follow its commits. The lock
 * ends with the transaction.
 */
const lock = `select pg_current_xact_id()::text as transaction, is_full::text as is_full,
  case when not is_full then pg_advisory_xact_lock(($1::text)::bigint)::text end as locked,
  case when not is_full and is_new then set_config('${setting}', keys || $2::text, true) end as noted
from (
  select keys, is_new, is_new and length(keys) >= ${mostKeys} * length($2::text) as is_full
  from (
    select keys, position($2::text in keys) = 0 as is_new
    from (select coalesce(current_setting('${setting}', true), '') as keys) as noted
  ) as looked
) as counted`;

async function lockKey(execute: Execute, place: KeyPlace, { domain, key }: Ordered): Promise<string> {
  const [row] = rowsOf(await execute(lock, [place.hash, markOf(place)]));
  if (row?.is_full !== "true") return String(row?.transaction);
  throw new KeylineError(
    "outbox_too_many_keys",
    `cannot write an event of key ${key} of ${domain}: the transaction has written events of ${mostKeys} keys already`,
  );
}

async function transactionOf(execute: Execute): Promise<string> {
  const [row] = rowsOf(await execute("select pg_current_xact_id()::text as transaction", []));
  return String(row?.transaction);
}

async function insert(execute: Execute, schema: string, params: (string | null)[]): Promise<unknown> {
  const statement = `insert into ${schema}.outbox_events (id, slot, key_hash, domain, key, event)
select nextval('${schema}.outbox_numbers'), ($2::text)::smallint, ($3::text)::bigint, $4::text, $5::text, $6::text
where pg_current_xact_id()::text = $1::text
returning id::text as number`;
  try {
    return rowsOf(await execute(statement, params))[0]?.number;
  } catch (caught) {
    throw isMissing(caught) ? missing(schema, caught) : caught;
  }
}

/** No such table, or no such schema. */
const isMissing = (caught: unknown) => ["42P01", "3F000"].includes(sqlStateOf(caught) ?? "");

const missing = (schema: string, cause: unknown) =>
  new KeylineError(
    "outbox_missing",
    `the database has no ${schema}.outbox_events: call migrateOutbox, or apply what \`outboxSql\` returns`,
    { cause },
  );
