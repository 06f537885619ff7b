// The packages of today in the words of version.ts. What changes a public name mends it here.

import type { Store as RuntimeStore, Transport as RuntimeTransport } from "@keyline/runtime";
import type { LaneChanges } from "@keyline/runtime/store";
import { deadLetterTopic } from "@keyline/runtime/tools";
import { clusterOf } from "./memory-cluster.ts";
import type { Modules } from "./modules.ts";
import type { Sender, Store, Version } from "./version.ts";

const domain = "students";
const storeOf = (store: Store) => store as unknown as RuntimeStore;

export function versionNow({ runtime, memory, postgres, kafkajs, events, producer, consumer }: Modules): Version {
  const addresses = Object.values(events.topics).flatMap(({ address, partitions }) =>
    [address, deadLetterTopic(address)].map((name) => [name, partitions ?? 1] as const),
  );
  const topics = Object.fromEntries(addresses);
  return {
    name: "now",
    topics,
    createCluster: (options) => clusterOf(memory.createMemoryCluster(options), topics),
    kafkaTransport: (options) => kafkajs.createKafkajsTransport(options),
    pgliteStore: async (options) =>
      postgres.createPgliteStore(options as Parameters<typeof postgres.createPgliteStore>[0]),
    postgresStore: (options) => postgres.createPostgresStore(options),
    createSender: ({ transport, ...options }) =>
      producer.createProducer({ transport: transport as RuntimeTransport, ...options }) as unknown as Sender,
    createRunner: ({ definition, transport, store, ...options }) =>
      runtime.createProjector({
        // What the scenarios have of a projection: all of it fits, less typed.
        projection: consumer.defineProjection(definition as never),
        transport: transport as RuntimeTransport,
        store: storeOf(store),
        ...options,
      }),
    createConsumer: ({ transport, ...options }) =>
      consumer.createConsumer({ transport: transport as RuntimeTransport, ...options }),
    askRelease: (store, app, command) => storeOf(store).askRelease({ app, domain }, command),
    readFirings: (store, app, key) => storeOf(store).readFirings({ app, domain }, key),
    removesPublished: (changes) => (changes as LaneChanges).outboxRemoved.length > 0,
  };
}
