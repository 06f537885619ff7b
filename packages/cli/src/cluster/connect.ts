import type { KafkaClient, KafkaOptions, RightsInspector, TopicAdmin } from "@keyline/kafka";
import { isKeylineError, KeylineError, type Transport } from "@keyline/runtime";
import { CommandError } from "../command/outcome.js";
import { type Connection, fired, type Io } from "../io.js";

/** A cluster that nothing is connected to yet, by the client library that `KAFKA_CLIENT` names. */
export interface Kafka {
  readonly options: KafkaOptions;
  createTransport(own?: Partial<KafkaOptions>): Transport;
  createTopics(own?: Partial<KafkaOptions>): TopicAdmin;
  createInspector(own?: Partial<KafkaOptions>): RightsInspector;
}

/** The cluster that `--brokers` names, else the environment; null where neither does. Rejects where it is not valid. */
export async function kafkaOf(
  brokers: string | undefined,
  { environment }: Pick<Io, "environment">,
): Promise<Kafka | null> {
  // Only commands that have to do with a cluster need this: the others start without it.
  const { kafkaOptionsFrom, kafkaClientFrom, ...create } = await import("@keyline/kafka");
  const given = brokers === undefined ? {} : { KAFKA_BROKERS: brokers };
  try {
    const read = kafkaOptionsFrom({ ...environment, ...given });
    if (read === null) return null;
    const options = { ...read, clientId: "keyline" };
    const client = await clientOf(kafkaClientFrom(environment));
    return {
      options,
      createTransport: (own) => create.createTransport(client, { ...options, ...own }),
      createTopics: (own) => create.createTopicAdmin(client, { ...options, ...own }),
      createInspector: (own) => create.createInspector(client, { ...options, ...own }),
    };
  } catch (caught) {
    if (!isKeylineError(caught)) throw caught;
    const name = brokers === undefined ? "KAFKA_BROKERS" : "--brokers";
    throw new CommandError("usage", caught.rawMessage.replace("KAFKA_BROKERS", name), { cause: caught });
  }
}

async function clientOf(name: "kafkajs" | "platformatic"): Promise<KafkaClient> {
  if (name === "kafkajs") return (await import("@keyline/kafkajs")).kafkajsClient;
  try {
    return (await import("@keyline/platformatic")).platformaticClient;
  } catch (caught) {
    const message = "cannot connect to Kafka: KAFKA_CLIENT is platformatic, and @keyline/platformatic cannot be loaded";
    throw new KeylineError("options_invalid", `${message}: install it`, { cause: caught });
  }
}

export const noBrokers = () => new CommandError("usage", "no brokers: pass --brokers host:port or set KAFKA_BROKERS");

/** Connects as `--brokers` says, else as the environment does. Rejects where neither does, or no broker answers. */
export async function connectCluster(brokers: string | undefined, io: Io): Promise<Connection> {
  if (io.connect) return io.connect();
  const kafka = await kafkaOf(brokers, io);
  if (kafka === null) throw noBrokers();
  const name = kafka.options.brokers.join(",");
  await Promise.race([reach(name, kafka.createTransport({ requestTimeoutMs: firstAnswerMs })), fired(io.signal)]);
  return { name, transport: kafka.createTransport(), inspector: kafka.createTopics() };
}

/** A wrong address is reported sooner than a broker that stops answering in the middle of a read. */
const firstAnswerMs = 10_000;

/** Rejects where no broker answers, with their addresses. */
async function reach(name: string, transport: Transport): Promise<void> {
  try {
    await transport.clusterId();
  } catch (caught) {
    const { code, rawMessage } = KeylineError.from(caught, "transport_unavailable", "no answer");
    throw new KeylineError(code, `cannot reach Kafka at ${name}: ${rawMessage}`, { cause: caught });
  } finally {
    await transport.close();
  }
}

/** Ends a connection; failures to close are ignored. */
export async function disconnect({ transport, inspector }: Connection): Promise<void> {
  await Promise.allSettled([transport.close(), inspector.close()]);
}
