import type { HeldKey } from "./report.js";

/** The parked keys of the apps' store; null where no store is given. */
export async function heldKeys(
  url: string | null,
  {
    key,
    code,
    group,
  }: { readonly key?: string | undefined; readonly code?: string | undefined; readonly group?: string | undefined },
): Promise<readonly HeldKey[] | null> {
  if (url === null) return null;
  // Only this needs the client.
  const { createPostgresStore, listParked } = await import("@keyline/postgres");
  const store = createPostgresStore({ url, maxConnections: 1 });
  try {
    const keys = await listParked(store, { key, app: group });
    return keys.filter((one) => code === undefined || one.code === code);
  } finally {
    await store.close();
  }
}
