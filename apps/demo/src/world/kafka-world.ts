import {
  createTopicAdmin,
  createTransport,
  type KafkaClient,
  type KafkaOptions,
  kafkaOptionsFrom,
} from "@keyline/kafka";
import type { Transport } from "@keyline/runtime";
import { deadLetterTopic } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";
import { addresses, kafkaClient } from "@student-events/platform";
import { openDemoStore } from "../pipeline/store.js";
import type { World } from "./world.js";

/**
 * Apache Kafka and PostgreSQL: those that KAFKA_BROKERS and DATABASE_URL name, else some that are started for the demo and
 * gone when it ends. Makes the topics that are missing. Throws when there is something in them, or in the store: the demo
 * verifies all that it finds.
 */
export async function openKafkaWorld(environment: NodeJS.ProcessEnv, say: (line: string) => void): Promise<World> {
  // Invariant: `servers` holds how to stop all that was started, in that order: it is stopped in the opposite one.
  const servers: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of servers.splice(0).reverse()) await one();
  };
  try {
    const connection = kafkaOptionsFrom(environment) ?? (await startBroker(servers, say));
    const databaseUrl = environment.DATABASE_URL || (await startDatabase(servers, say));
    const client = kafkaClient(environment);
    await makeTopics(client, connection, say);
    const store = await openDemoStore(databaseUrl);
    servers.push(() => store.close());
    const transports: Transport[] = [];
    servers.push(async () => void (await Promise.all(transports.map((transport) => transport.close()))));
    const connect = () => {
      const transport = createTransport(client, { ...connection, clientId: "demo" });
      transports.push(transport);
      return transport;
    };
    await checkEmpty(connect(), await store.applied());
    return { connect, store, embedded: null, close: stop };
  } catch (caught) {
    await stop();
    throw caught;
  }
}

type Servers = (() => Promise<void>)[];

// Loaded only here: who runs the embedded demo needs neither.
async function startBroker(servers: Servers, say: (line: string) => void): Promise<KafkaOptions> {
  const { startKafka } = await import("@keyline/kafka-dev");
  say("starting Apache Kafka (KAFKA_BROKERS names none)");
  const cluster = await startKafka({ say });
  servers.push(() => cluster.stop());
  return { brokers: cluster.brokers };
}

async function startDatabase(servers: Servers, say: (line: string) => void): Promise<string> {
  const { startPostgres } = await import("@keyline/postgres-dev");
  say("starting PostgreSQL (DATABASE_URL names none)");
  const server = await startPostgres();
  servers.push(() => server.stop());
  return server.url;
}

async function makeTopics(client: KafkaClient, connection: KafkaOptions, say: (line: string) => void): Promise<void> {
  const admin = createTopicAdmin(client, connection);
  try {
    const wanted = Object.values(topics).flatMap(({ address, partitions }) =>
      [address, deadLetterTopic(address)].map((name) => ({ name, partitions: partitions ?? 1 })),
    );
    const there = await admin.describe(wanted.map(({ name }) => name));
    const missing = wanted.filter(({ name }) => !there.has(name));
    for (const topic of missing) await admin.create(topic);
    say(`${missing.length} topics made, ${there.size} were there`);
  } finally {
    await admin.close();
  }
}

async function checkEmpty(transport: Transport, applied: number): Promise<void> {
  const counts = await transport.partitionCounts(addresses);
  const partitions = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
  const ranges = await transport.logRanges(partitions);
  const records = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  if (records === 0 && applied === 0) return;
  throw new Error(
    `the topics hold ${records} records and the store ${applied} keys already, and the demo verifies all that it finds: ` +
      "give it a cluster and a database of its own, or unset KAFKA_BROKERS and DATABASE_URL, and it starts some",
  );
}
