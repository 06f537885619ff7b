import { createPgliteStore, createPostgresStore, type SqlStore } from "@keyline/postgres";

/**
 * Opens PostgreSQL at an address, or, without one, PostgreSQL in this process: gone when the process ends. Rejects with
 * `store_unavailable` where it does not answer now; then nothing stays open.
 */
export async function openStore(databaseUrl?: string): Promise<SqlStore> {
  const store = databaseUrl === undefined ? createPgliteStore() : createPostgresStore({ url: databaseUrl });
  try {
    await store.migrate();
    return store;
  } catch (caught) {
    await store.close();
    throw caught;
  }
}
