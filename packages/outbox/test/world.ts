import type { PGlite, Transaction } from "@electric-sql/pglite";
import { type Database, openPglite } from "@keyline/postgres/database";
import type { KeylineError } from "@keyline/runtime";
import { createMemoryCluster, type MemoryCluster } from "@keyline/runtime/memory";
import { createOutbox, createRelay, type Execute, migrateOutbox, type Relay, type RelayOptions } from "../src/index.js";
import { topicCounts, topics } from "./topics.js";

export const on =
  (connection: PGlite | Transaction): Execute =>
  (sql, params) =>
    connection.query(sql, params);

/** Waits until it holds; vitest's limit ends what never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A record of the log, as these tests look at it. */
export interface Seen {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly n: number;
  readonly id: string;
  readonly source: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything on the topics, by topic, partition and offset. */
export function seenOn(cluster: MemoryCluster): readonly Seen[] {
  return [...cluster.topics()].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => cluster.records(topic, partition))
      .flat()
      .map(({ partition, offset, key, value, headers }) => {
        const { id, source, data } = JSON.parse(String(value));
        const texts = headers.map(([name, bytes]) => [name, Buffer.from(bytes).toString()] as const);
        return {
          ...{ topic, partition, offset, id, source, n: data.n },
          key: key === null ? null : Buffer.from(key).toString(),
          headers: Object.fromEntries(texts),
        };
      }),
  );
}

let schemas = 0;

/** A schema of its own in the database, a cluster, and relays between the two. */
export async function openWorld(pglite: PGlite, counts: Readonly<Record<string, number>> = topicCounts) {
  schemas += 1;
  const schema = `world_${schemas}`;
  const database = openPglite({ database: pglite });
  await migrateOutbox(database, schema);
  const cluster = createMemoryCluster({ seed: schemas });
  for (const [name, partitions] of Object.entries(counts)) cluster.createTopic(name, { partitions });
  const outbox = createOutbox(topics, { source: "shop", schema });
  const relays: Relay[] = [];
  const parked: { topic: string | null; key: string | null; error: KeylineError }[] = [];
  const waiting: { for: string; error: KeylineError }[] = [];

  const relay = (options: Partial<RelayOptions> = {}, transport = cluster.transport()) => {
    const made = createRelay({
      ...{ topics, transport, database, schema, pollMs: 5, leaseMs: 3000, retryParkedMs: 20 },
      hooks: { parked: (event) => parked.push(event), waiting: (event) => waiting.push(event) },
      ...options,
    });
    relays.push(made);
    return made;
  };

  return {
    ...{ schema, database, cluster, outbox, relay, parked, waiting },
    write: <T>(run: (writer: ReturnType<typeof outbox.within>, transaction: Transaction) => Promise<T>) =>
      pglite.transaction((transaction) => run(outbox.within(on(transaction)), transaction)),
    async rows(): Promise<number> {
      const found = await pglite.query<{ rows: number }>(
        `select count(*)::integer as rows from ${schema}.outbox_events`,
      );
      return found.rows[0]?.rows ?? 0;
    },
    seen: () => seenOn(cluster),
    close: async () => void (await Promise.all(relays.map((each) => each.close({ timeoutMs: 1000 })))),
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;
export type { Database };
