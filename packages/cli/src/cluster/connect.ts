import { isKeylineError, KeylineError, type Transport } from "@keyline/runtime";
import { type Connection, fired, type Io } from "../io.js";

/**
 * The cluster that `--brokers` names, else the environment; null where neither does; where one cannot be meant, what is
 * wrong with it.
 */
export async function kafkaOptionsOrProblem(brokers: string | undefined, { environment }: Pick<Io, "environment">) {
  const { kafkaOptionsFrom } = await import("@keyline/kafkajs");
  const given = brokers === undefined ? {} : { KAFKA_BROKERS: brokers };
  try {
    const options = kafkaOptionsFrom({ ...environment, ...given });
    return options && { ...options, clientId: "keyline" };
  } catch (caught) {
    if (!isKeylineError(caught)) throw caught;
    return brokers === undefined ? caught.rawMessage : caught.rawMessage.replace("KAFKA_BROKERS", "--brokers");
  }
}

/** The cluster that `--brokers` names, else the environment; null, with what to do on the log, where neither can be used. */
export async function kafkaOptionsOf(brokers: string | undefined, io: Io) {
  const options = await kafkaOptionsOrProblem(brokers, io);
  if (options !== null && typeof options !== "string") return options;
  io.log(`error: ${options ?? "no brokers: pass --brokers host:port or set KAFKA_BROKERS"}\n`);
  return null;
}

/** Connects as `--brokers` says, else as the environment does; null, with what to do on the log, where neither does. */
export async function connectCluster(brokers: string | undefined, io: Io): Promise<Connection | null> {
  if (io.connect) return io.connect();
  const options = await kafkaOptionsOf(brokers, io);
  if (options === null) return null;
  // Only these commands need a client: the others start without it.
  const { kafkajsTopics, kafkajsTransport } = await import("@keyline/kafkajs");
  const name = options.brokers.join(",");
  await Promise.race([
    reach(name, kafkajsTransport({ ...options, requestTimeoutMs: firstAnswerMs })),
    fired(io.signal),
  ]);
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
