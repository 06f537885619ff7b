import { randomBytes } from "node:crypto";
import type { SqlStore } from "@keyline/postgres";

// One row: the primary key has one value.
const table = `
  create table if not exists teacher_secret (
    id integer primary key default 1 check (id = 1),
    secret text not null
  )`;

/** The class's secret, made by whichever copy comes first and kept in the store: pseudonyms outlive restarts. */
export async function classSecret(store: Pick<SqlStore, "sql" | "migrate">): Promise<string> {
  await store.migrate([table]);
  await store.sql("insert into teacher_secret (secret) values ($1) on conflict do nothing", [
    randomBytes(32).toString("base64url"),
  ]);
  const [row] = await store.sql<{ secret: string }>("select secret from teacher_secret");
  if (!row) throw new Error("the table teacher_secret is empty, though a row was just written to it");
  return row.secret;
}
