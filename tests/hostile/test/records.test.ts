import type { PGlite } from "@electric-sql/pglite";
import { createPgliteStore } from "@keyline/postgres";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import type { Store } from "@keyline/runtime";
import { createMemoryCluster, type MemoryCluster } from "@keyline/runtime/memory";
import { createMemoryStore } from "@keyline/runtime/testing";
import { deadLetterTopic } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge, lettersOf, placeOf, type Written } from "../src/fates/fates.js";
import { idsIn, type Reader, startConsumer, startLedger } from "../src/fates/readers.js";
import { validEvents } from "../src/records/event.js";
import { drawRecords, type HostileRecord, isHostile } from "../src/records/hostile-record.js";
import { seedOfTests } from "../src/seed.js";

const students = Array.from({ length: 20 }, (_, index) => 11 + index);

function openCluster(seed: number): MemoryCluster {
  const cluster = createMemoryCluster({ seed });
  for (const { address, partitions } of Object.values(topics))
    for (const topic of [address, deadLetterTopic(address)])
      cluster.createTopic(topic, { partitions: partitions ?? 1 });
  return cluster;
}

const write = ({ faults }: MemoryCluster, record: HostileRecord): Written => {
  const { topic, partition, key, value, headers } = record;
  const offset = faults.produce({ topic, partition, key, value, headers, timestampMs: Date.now() });
  return { place: placeOf({ topic, partition, offset }), record };
};

/** Sends good events by the SDK, and writes as many hostile records between them. */
async function mix(cluster: MemoryCluster, seed: number, events: number) {
  const transport = cluster.transport();
  const producer = createProducer({ transport, source: "hostile" });
  const sent = new Map<number, string[]>();
  const hostile = drawRecords(seed, events, students);
  const written: Written[] = [];
  for (const [index, { topic, event }] of validEvents(students.length, events, seed).entries()) {
    const { event_type: _, ...input } = event;
    sent.set(event.student_id, [...(sent.get(event.student_id) ?? []), event.event_id]);
    const sending = (producer[topic] as (input: object) => Promise<unknown>)(input);
    const record = hostile[index];
    if (record) written.push(write(cluster, record));
    await sending;
  }
  await producer.close();
  return { sent, written };
}

const lettersIn = (cluster: MemoryCluster) =>
  Object.values(topics).flatMap(({ address, partitions }) =>
    Array.from({ length: partitions ?? 1 }, (_, lane) => cluster.records(deadLetterTopic(address), lane)).flat(),
  );

/** Resolves when it has finished all that lies in the logs; rejects when it ends before. */
const finished = (reader: Reader) =>
  Promise.race([reader.caughtUp(), reader.ended.then((reason) => Promise.reject(reason ?? new Error("it ended")))]);

/** What is wrong with what a reader made of the hostile records: a line for each. */
function problemsOf(cluster: MemoryCluster, { group, fates }: Reader, written: readonly Written[]): readonly string[] {
  const letters = lettersOf(group, lettersIn(cluster));
  return written.flatMap((one) => judge(one, fates.of.get(one.place) ?? [], letters.get(one.place)) ?? []);
}

/** How often each good event was emitted for, by student, in the order of the log. */
function emittedIn(cluster: MemoryCluster): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  const { address, partitions } = topics.struggleDetected;
  for (const lane of Array.from({ length: partitions ?? 1 }, (_, lane) => lane))
    for (const { headers, value } of cluster.records(address, lane)) {
      // Hostile records of the topic come from no projection.
      if (
        !headers.some(([name, text]) => name === "keyline-seq" && `${Buffer.from(text)}`.startsWith("hostile-ledger"))
      )
        continue;
      const { data } = JSON.parse(Buffer.from(value ?? []).toString()) as Emitted;
      const ids = found.get(data.student_id) ?? [];
      found.set(data.student_id, [...ids, data.payload.trigger_data.id]);
    }
  return found;
}

interface Emitted {
  readonly data: { readonly student_id: number; readonly payload: { readonly trigger_data: { readonly id: string } } };
}

const good = <Found>(found: ReadonlyMap<number, Found>) =>
  new Map([...found].filter(([student]) => !isHostile(student)).sort(([a], [b]) => a - b));

describe("hostile records among good events", () => {
  let database: PGlite | null = null;
  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database?.close());

  async function pgliteStore(seed: number): Promise<Store> {
    if (!database) throw new Error("the database is not open");
    const store = createPgliteStore({ database, schema: `hostile_${seed}` });
    await store.migrate();
    return store;
  }

  const stores: readonly (readonly [string, (seed: number) => Promise<Store>, number])[] = [
    ["PGlite", pgliteStore, 120],
    ["memory", async () => createMemoryStore(), 300],
  ];

  for (const [index, [name, openStore, events]] of stores.entries()) {
    const seed = seedOfTests() + index;

    it(`no reader ends, the good are handled in order and once, the bad are told: on ${name}, seed ${seed}`, async () => {
      const cluster = openCluster(seed);
      const store = await openStore(seed);
      const handled = new Map<number, string[]>();
      const consumer = startConsumer(cluster.transport(), handled);
      const ledger = startLedger(cluster.transport(), store);
      const { sent, written } = await mix(cluster, seed, events);
      await Promise.all([finished(consumer), finished(ledger)]);

      expect(problemsOf(cluster, consumer, written.filter(isRead))).toEqual([]);
      expect(problemsOf(cluster, ledger, written.filter(isRead))).toEqual([]);
      expect(good(handled)).toEqual(good(sent));
      for (const [student, ids] of sent) expect(await idsIn(store, student)).toEqual(ids);
      expect(good(emittedIn(cluster))).toEqual(good(sent));

      await Promise.all([consumer.close(), ledger.close()]);
      expect([await consumer.ended, await ledger.ended]).toEqual([null, null]);
      const again = startLedger(cluster.transport(), store);
      await finished(again);
      expect([...again.fates.of]).toEqual([]);
      await again.close();
    });
  }
});

/** The topic to which the projection writes is read by neither. */
const isRead = ({ place }: Written) => !place.startsWith(`${topics.struggleDetected.address}/`);
