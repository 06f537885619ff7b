import { KeylineError, type Transport } from "@keyline/runtime";
import type { Connection, Io } from "../io.js";

/** The cluster that `--brokers` names, else the environment; null, with what to do on the log, where neither does. */
export async function kafkaOptionsOf(brokers: string | undefined, io: Io) {
  const { kafkaOptionsFrom } = await import("@keyline/kafkajs");
  const given = brokers === undefined ? {} : { KAFKA_BROKERS: brokers };
  const options = kafkaOptionsFrom({ ...io.environment, ...given });
  if (options === null) io.log("error: no brokers: pass --brokers host:port or set KAFKA_BROKERS\n");
  return options && { ...options, clientId: "keyline" };
}

/** Connects as `--brokers` says, else as the environment does; null, with what to do on the log, where neither does. */
export async function connectCluster(brokers: string | undefined, io: Io): Promise<Connection | null> {
  if (io.connect) return io.connect();
  const options = await kafkaOptionsOf(brokers, io);
  if (options === null) return null;
  // Only these commands need a client: the others start without it.
  const { kafkajsTopics, kafkajsTransport } = await import("@keyline/kafkajs");
  const name = options.brokers.join(",");
  await reach(name, kafkajsTransport({ ...options, requestTimeoutMs: firstAnswerMs }));
  return { name, transport: kafkajsTransport(options), inspector: kafkajsTopics(options) };
}

/** Who waits at a terminal learns of a wrong address sooner than a reader that a broker leaves in the middle. */
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

/** Ends a connection; what fails then is of no interest. */
export async function disconnect({ transport, inspector }: Connection): Promise<void> {
  await Promise.allSettled([transport.close(), inspector.close()]);
}
