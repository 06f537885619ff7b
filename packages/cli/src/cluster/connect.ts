import type { KafkajsOptions } from "@keyline/kafkajs";
import { isKeylineError, KeylineError, type Transport } from "@keyline/runtime";
import { CommandError } from "../command/outcome.js";
import { type Connection, fired, type Io } from "../io.js";

/** How to connect, as `--brokers` says, else the environment; null where neither does. Rejects where it is not valid. */
export async function kafkaOptionsOf(
  brokers: string | undefined,
  { environment }: Pick<Io, "environment">,
): Promise<KafkajsOptions | null> {
  const { kafkaOptionsFrom } = await import("@keyline/kafkajs");
  const given = brokers === undefined ? {} : { KAFKA_BROKERS: brokers };
  try {
    const options = kafkaOptionsFrom({ ...environment, ...given });
    return options && { ...options, clientId: "keyline" };
  } catch (caught) {
    if (!isKeylineError(caught)) throw caught;
    const name = brokers === undefined ? "KAFKA_BROKERS" : "--brokers";
    throw new CommandError("usage", caught.rawMessage.replace("KAFKA_BROKERS", name), { cause: caught });
  }
}

export const noBrokers = () => new CommandError("usage", "no brokers: pass --brokers host:port or set KAFKA_BROKERS");

/** Connects as `--brokers` says, else as the environment does. Rejects where neither does, or no broker answers. */
export async function connectCluster(brokers: string | undefined, io: Io): Promise<Connection> {
  if (io.connect) return io.connect();
  const options = await kafkaOptionsOf(brokers, io);
  if (options === null) throw noBrokers();
  // Only these commands need a client: the others start without it.
  const { createKafkajsTopics, createKafkajsTransport } = await import("@keyline/kafkajs");
  const name = options.brokers.join(",");
  await Promise.race([
    reach(name, createKafkajsTransport({ ...options, requestTimeoutMs: firstAnswerMs })),
    fired(io.signal),
  ]);
  return { name, transport: createKafkajsTransport(options), inspector: createKafkajsTopics(options) };
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
