import { setTimeout as sleep } from "node:timers/promises";
import type { AppName } from "../world/apps.js";
import { lagsOf } from "../world/lag.js";
import { memoryBytes } from "../world/memory.js";
import type { Process } from "../world/processes.js";
import type { World } from "../world/world.js";
import type { Sample } from "./samples.js";

/** Measures again and again, until it is told to end; what cannot be measured now is measured the next time. */
export async function sampleEvery(
  everyMs: number,
  signal: AbortSignal,
  measure: () => Promise<Sample["values"]>,
): Promise<readonly Sample[]> {
  const startMs = performance.now();
  const samples: Sample[] = [];
  while (!signal.aborted) {
    const values = await measure().catch(() => null);
    if (values !== null) samples.push({ atMs: performance.now() - startMs, values });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}

/** The memory of each process. */
export const memoryOf = async (processes: readonly Process[]): Promise<Sample["values"]> =>
  Object.fromEntries(processes.map(({ name, pid }) => [name, memoryBytes(pid, "now")]));

/** How many events of its topics each app has not applied. */
export async function lagOf({ cluster, database }: World, apps: readonly AppName[]): Promise<Sample["values"]> {
  const lags = await lagsOf(cluster.admin, database, apps);
  const sum = (app: AppName) =>
    lags.filter((lag) => lag.app === app).reduce((total, { applied, end }) => total + end - applied, 0);
  return Object.fromEntries(apps.map((app) => [app, sum(app)]));
}

/** A table with its indexes. */
export interface TableSize {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What lies in the database, the largest table first. */
export async function tableSizes({ database }: Pick<World, "database">): Promise<readonly TableSize[]> {
  await database.query("analyze");
  const rows = await database.query<{ readonly name: string; readonly rows: string; readonly bytes: string }>(
    `select n.nspname || '.' || c.relname as name, greatest(c.reltuples, 0)::bigint as rows,
       pg_total_relation_size(c.oid) as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
     order by pg_total_relation_size(c.oid) desc, name`,
  );
  return rows.map(({ name, rows, bytes }) => ({ name, rows: Number(rows), bytes: Number(bytes) }));
}

/** The whole database. */
export async function databaseBytes({ database }: Pick<World, "database">): Promise<number> {
  const [row] = await database.query<{ readonly bytes: string }>(
    "select pg_database_size(current_database()) as bytes",
  );
  return Number(row?.bytes);
}
