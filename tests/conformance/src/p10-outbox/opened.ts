import { createOutbox, createRelay, migrateOutbox, type Relay, type RelayOptions } from "@keyline/outbox";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import type { ClusterOptions, Harness } from "../harness.js";
import { topics } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { headerOf, keyOf, openWorld, payloadOf } from "../kit/world.js";
import type { DatabaseHarness } from "./databases.js";

type WorldOptions = ClusterOptions & { readonly topics?: Readonly<Record<string, number>> };

/** A cluster, a database, an outbox in it and relays between the two; all of it ends with the test. */
export async function open(harness: Harness, databases: DatabaseHarness, options: WorldOptions = {}) {
  const [world, opened] = await Promise.all([openWorld(harness, options), databases.open()]);
  const { database, schema, transaction } = opened;
  await migrateOutbox(database, schema);
  const outbox = createOutbox(topics, { source: "shop", schema });
  const parked: Parameters<NonNullable<NonNullable<RelayOptions["hooks"]>["parked"]>>[0][] = [];

  /** Starts a relay in a process of its own, or in the one given. */
  const relay = async (given: Partial<RelayOptions> & { readonly process?: TestProcess } = {}): Promise<Relay> => {
    const { process = world.process(), ...rest } = given;
    const made = createRelay({
      ...{ topics, transport: process.transport, database, schema },
      ...{ pollMs: 10, leaseMs: 2000, retryParkedMs: 50, deliveryTimeoutMs: 1000 },
      hooks: { parked: (event) => parked.push(event) },
      ...rest,
    });
    world.atEnd(() => made.close({ timeoutMs: 100 }).catch(() => undefined));
    await made.start();
    return made;
  };

  const count = async () => {
    const [row] = await database.query<{ rows: number }>(
      `select count(*)::integer as rows from ${schema}.outbox_events`,
    );
    return row?.rows ?? 0;
  };

  /** One transaction that writes. */
  const write = <T>(run: (writer: ReturnType<typeof outbox.within>) => Promise<T>) =>
    transaction((execute) => run(outbox.within(execute)));

  return { world, database, schema, outbox, parked, relay, count, transaction, write };
}

export type Opened = Awaited<ReturnType<typeof open>>;

/** An event that an outbox published, as it lies on a log. */
export interface Published {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly n: number;
  readonly id: string;
  readonly sequence: string | undefined;
  readonly after: string | undefined;
}

const publishedOf = (record: ConsumerRecord): Published => {
  const { n, event_id: id } = payloadOf(record);
  const { topic, partition, offset } = record;
  const [sequence, after] = [headerOf(record, "keyline-seq"), headerOf(record, "keyline-after")];
  return { topic, partition, offset, key: keyOf(record), n, id, sequence, after };
};

/** What lies on the topics, by topic, partition and offset. */
export async function publishedOn({ world }: Opened, names: readonly string[]): Promise<readonly Published[]> {
  const records = await Promise.all(names.map((name) => world.cluster.readAll(name)));
  return records.flat().map(publishedOf);
}

/** Of each key the numbers of its events, without those that came before. */
export function firstOccurrences(published: readonly Published[]): ReadonlyMap<string | null, readonly number[]> {
  const found = new Map<string | null, number[]>();
  for (const { key, n } of published) {
    const before = found.get(key) ?? [];
    if (!before.includes(n)) found.set(key, [...before, n]);
  }
  return found;
}

/** The row's number; the later one is higher. */
export const rowOf = ({ sequence = "" }: Published): number => Number(sequence.split("#").at(-1));
