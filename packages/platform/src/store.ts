import { createPgliteStore, createPostgresStore, type SqlStore } from "@keyline/postgres";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";

/**
 * Opens PostgreSQL at an address, or, without one, PostgreSQL in this process: gone when the process ends. Rejects with
 * `store_unavailable` where it does not answer now; then nothing stays open.
 */
export async function openStore(databaseUrl?: string): Promise<SqlStore> {
  const store = databaseUrl === undefined ? await storeInProcess() : createPostgresStore({ url: databaseUrl });
  try {
    await store.migrate();
    return store;
  } catch (caught) {
    await store.close();
    throw caught;
  }
}

async function storeInProcess(): Promise<SqlStore> {
  const database = await emptyDatabase();
  const store = createPgliteStore({ database });
  const close = async (options?: { readonly timeoutMs?: number }) => {
    await store.close(options);
    if (!database.closed) await database.close();
  };
  return { ...store, close, [Symbol.asyncDispose]: () => close() };
}
