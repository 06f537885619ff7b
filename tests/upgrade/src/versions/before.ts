// The packages of 2dfa362 in the words of version.ts. Frozen: names that change later change in now.ts alone.
import { clusterOf, type MemoryClusterLike } from "./memory-cluster.ts";
import type { Firing, Runner, Sender, Store, Transport, Version } from "./version.ts";

/** Their entries, as far as they are used, as they were. */
export interface ModulesBefore {
  readonly runtime: {
    createProjector(options: object): Runner;
    deadLetterTopic(topic: string): string;
  };
  readonly memory: {
    createMemoryCluster(options: object): MemoryClusterLike;
  };
  readonly postgres: {
    pgliteStore(options: object): Promise<Store>;
    postgresStore(options: object): Store;
  };
  readonly kafkajs: {
    kafkajsTransport(options: object): Transport;
  };
  readonly events: {
    readonly topics: Readonly<Record<string, { readonly address: string; readonly partitions: number | null }>>;
  };
  readonly producer: {
    createProducer(options: object): Sender;
  };
  readonly consumer: {
    defineProjection(definition: object): object;
    createConsumer(options: object): Runner;
  };
}

interface StoreBefore extends Store {
  askRelease(app: object, command: object): Promise<readonly number[]>;
  readFirings(app: object, key: string): Promise<readonly Firing[]>;
}

const domain = "students";

export const entriesBefore = {
  runtime: "@keyline/runtime",
  memory: "@keyline/runtime/memory",
  postgres: "@keyline/postgres",
  kafkajs: "@keyline/kafkajs",
  events: "@student-events/events",
  producer: "@student-events/producer",
  consumer: "@student-events/consumer",
} as const;

export function versionBefore(modules: ModulesBefore): Version {
  const { runtime, memory, postgres, kafkajs, events, producer, consumer } = modules;
  const addresses = Object.values(events.topics).flatMap(({ address, partitions }) =>
    [address, runtime.deadLetterTopic(address)].map((name) => [name, partitions ?? 1] as const),
  );
  const topics = Object.fromEntries(addresses);
  return {
    name: "before",
    topics,
    createCluster: (options) => clusterOf(memory.createMemoryCluster(options), topics),
    kafkaTransport: (options) => kafkajs.kafkajsTransport(options),
    pgliteStore: (options) => postgres.pgliteStore(options),
    postgresStore: (options) => postgres.postgresStore(options),
    createSender: (options) => producer.createProducer(options),
    createRunner: ({ definition, ...options }) =>
      runtime.createProjector({ projection: consumer.defineProjection(definition), ...options }),
    createConsumer: (options) => consumer.createConsumer(options),
    askRelease: (store, app, command) => (store as StoreBefore).askRelease({ app, domain }, command),
    readFirings: (store, app, key) => (store as StoreBefore).readFirings({ app, domain }, key),
    removesPublished: (changes) => (changes as { readonly outboxRemoved: readonly number[] }).outboxRemoved.length > 0,
  };
}
