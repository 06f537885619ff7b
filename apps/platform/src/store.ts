import { pgliteStore, postgresStore, type SqlStore } from "@keyline/postgres";

/** Opens PostgreSQL at an address, or, without one, PostgreSQL in this process: gone when the process ends. */
export async function openStore(databaseUrl?: string): Promise<SqlStore> {
  const store = databaseUrl === undefined ? await pgliteStore() : postgresStore({ url: databaseUrl });
  await store.migrate();
  return store;
}
