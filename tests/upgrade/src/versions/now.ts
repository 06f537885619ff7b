// The packages of today in the words of version.ts. A public name that changes is changed here. Imports types only: what runs
// comes with `modules`, from the tarballs or from the sources.
import type { Store as RuntimeStore, Transport as RuntimeTransport } from "@keyline/runtime";
import type { LaneChanges } from "@keyline/runtime/store";
import { clusterOf } from "./memory-cluster.ts";
import type { Sender, Store, Version } from "./version.ts";

/** Their entries, as far as they are used. */
export interface ModulesNow {
  readonly runtime: typeof import("@keyline/runtime");
  readonly tools: typeof import("@keyline/runtime/tools");
  readonly memory: typeof import("@keyline/runtime/memory");
  readonly postgres: typeof import("@keyline/postgres");
  readonly kafkajs: typeof import("@keyline/kafkajs");
  readonly events: typeof import("@student-events/events");
  readonly producer: typeof import("@student-events/producer");
  readonly consumer: typeof import("@student-events/consumer");
}

export const entriesNow = {
  runtime: "@keyline/runtime",
  tools: "@keyline/runtime/tools",
  memory: "@keyline/runtime/memory",
  postgres: "@keyline/postgres",
  kafkajs: "@keyline/kafkajs",
  events: "@student-events/events",
  producer: "@student-events/producer",
  consumer: "@student-events/consumer",
} as const;

const domain = "students";
const storeOf = (store: Store) => store as unknown as RuntimeStore;

export function versionNow(modules: ModulesNow): Version {
  const { runtime, tools, memory, postgres, kafkajs, events, producer, consumer } = modules;
  const addresses = Object.values(events.topics).flatMap(({ address, partitions }) =>
    [address, tools.deadLetterTopic(address)].map((name) => [name, partitions ?? 1] as const),
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
