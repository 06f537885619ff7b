import { keyText } from "@keyline/postgres/database";
import { KeylineError } from "@keyline/runtime";
import type { WrittenEvent } from "@keyline/runtime/outbox";
import { type Execute, notInTransaction, rowsOf, sqlStateOf } from "@keyline/runtime/store";
import { mostKeys, noRoom, writeFunction } from "../table/write-function.js";
import { keyPlace } from "./order-key.js";

/** Writes one row in the caller's transaction, and resolves to its number. */
export async function insertRow(
  execute: Execute,
  schema: string,
  { event, text }: WrittenEvent,
  domain: string | null,
): Promise<string> {
  const key = domain === null ? null : event.key;
  // Nothing orders an event without one: any slot will do, and it stays in it.
  const place = key === null ? keyPlace("", event.written?.recordId ?? "") : keyPlace(domain ?? "", key);
  const params = [...[String(place.slot), place.hash], ...(key === null ? [null, null] : [domain, keyText(key)]), text];
  // The first write of a transaction gives it an id and is done by the second call. Outside of one each call has another.
  const number = (await write(execute, schema, params)) ?? (await write(execute, schema, params));
  if (number === null) throw notInTransaction(`write to ${event.topic}`);
  if (number !== noRoom) return number;
  throw new KeylineError(
    "outbox_too_many_keys",
    `cannot write an event of key ${key} of ${domain}: the transaction has written events of ${mostKeys} keys already`,
  );
}

async function write(execute: Execute, schema: string, params: (string | null)[]): Promise<string | null> {
  const call = `${writeFunction(schema)}(($1::text)::smallint, ($2::text)::bigint, $3::text, $4::text, $5::text)`;
  try {
    const number = rowsOf(await execute(`select ${call}::text as number`, params))[0]?.number;
    return typeof number === "string" ? number : null;
  } catch (caught) {
    throw isMissing(caught) ? missing(schema, caught) : caught;
  }
}

/** No such function, table or schema. */
const isMissing = (caught: unknown) => ["42883", "42P01", "3F000"].includes(sqlStateOf(caught) ?? "");

const missing = (schema: string, cause: unknown) =>
  new KeylineError(
    "outbox_missing",
    `the database has no ${writeFunction(schema)}: the outbox's tables are missing, or of an older version: ` +
      "call migrateOutbox, or apply the output of `keyline outbox sql`",
    { cause },
  );
