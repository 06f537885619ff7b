/** How much an app has parked. */
export interface ParkedCount {
  readonly app: string;
  readonly keys: number;
  readonly events: number;
}

/** What is parked in the apps' store; null where it cannot be read, nothing where its URL is not known. */
export async function parkedCounts(url: string | null): Promise<readonly ParkedCount[] | null> {
  if (url === null) return [];
  const { listParked, createPostgresStore } = await import("@keyline/postgres");
  const store = createPostgresStore({ url, maxConnections: 1 });
  try {
    const apps = Map.groupBy(await listParked(store, {}), ({ app }) => app);
    return [...apps].map(([app, keys]) => ({
      ...{ app, keys: keys.length },
      events: keys.reduce((sum, { events }) => sum + events, 0),
    }));
  } catch {
    return null;
  } finally {
    await store.close();
  }
}
