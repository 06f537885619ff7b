import type { Io } from "../io.js";

/** How much an app has parked. */
export interface ParkedCount {
  readonly app: string;
  readonly keys: number;
  readonly events: number;
}

/** What the apps' store says is parked; null where it cannot be asked, nothing where nobody says where it is. */
export async function parkedCounts({ environment }: Io): Promise<readonly ParkedCount[] | null> {
  const url = environment.DATABASE_URL;
  if (!url) return [];
  const { listParked, postgresStore } = await import("@keyline/postgres");
  const store = postgresStore({ url, maxConnections: 1 });
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
