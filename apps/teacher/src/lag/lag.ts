import type { SqlStore } from "@keyline/postgres";
import type { AnyProjection, Transport } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";
import type { AppLag } from "../wire.js";

/** How far apps are behind the log, whichever processes run them. */
export interface LagReader {
  /** Rejects where the cluster or the store cannot be asked. */
  read(): Promise<readonly AppLag[]>;
}

/** What {@link createLagReader} reads from. */
export interface LagOptions {
  readonly apps: readonly Pick<AnyProjection, "name" | "reads">[];
  readonly store: Pick<SqlStore, "sql">;
  readonly transport: Pick<Transport, "partitionCounts" | "logRanges" | "stableEnds">;
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
}

interface PositionRow extends TopicPartition {
  readonly app: string;
  readonly next: number;
}

/** @see LagReader */
export function createLagReader(options: LagOptions): LagReader {
  const { apps, store, transport, nowMs = () => performance.now() } = options;
  // Invariant: `moved` has for each app how much was applied, and since when that did not change while it was
  // behind; `known` are the topics' partitions once they were read.
  const moved = new Map<string, { readonly applied: number; readonly sinceMs: number }>();
  const addresses = [
    ...new Set(apps.flatMap(({ reads }) => Object.values(reads).map(({ address }) => address))),
  ].sort();
  let known: readonly TopicPartition[] | null = null;

  const partitions = async () => {
    known ??= [...(await transport.partitionCounts(addresses))].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    );
    return known;
  };

  const lagOf = (
    { name, reads }: Pick<AnyProjection, "name" | "reads">,
    logs: readonly (TopicPartition & { readonly start: number; readonly end: number })[],
    positions: ReadonlyMap<string, number>,
  ): AppLag => {
    const own = new Set(Object.values(reads).map(({ address }) => address));
    let [behind, applied] = [0, 0];
    for (const { topic, partition, start, end } of logs) {
      if (!own.has(topic)) continue;
      const next = positions.get(`${name} ${topic}/${partition}`) ?? start;
      behind += Math.max(0, end - next);
      applied += next;
    }
    const last = moved.get(name);
    if (!last || last.applied !== applied || behind === 0) moved.set(name, { applied, sinceMs: nowMs() });
    const sinceMs = moved.get(name)?.sinceMs ?? nowMs();
    return { app: name, behind, stalledMs: Math.round(nowMs() - sinceMs) };
  };

  return {
    async read() {
      const names = apps.map(({ name }) => name);
      // Positions before ends: an app that is in step never looks as if it were ahead of the log.
      const rows = await store.sql<PositionRow>(
        `select app, topic, partition, next_offset::float8 as next from keyline.positions where app = any($1::text[])`,
        [names],
      );
      const places = await partitions();
      const [ranges, ends] = [await transport.logRanges(places), await transport.stableEnds(places)];
      const logs = places.map((place, index) => ({
        ...place,
        start: ranges[index]?.start ?? 0,
        end: ends[index] ?? 0,
      }));
      const positions = new Map(
        rows.map(({ app, topic, partition, next }) => [`${app} ${topic}/${partition}`, next] as const),
      );
      return apps.map((app) => lagOf(app, logs, positions));
    },
  };
}
