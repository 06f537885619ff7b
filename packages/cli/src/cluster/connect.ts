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
  return {
    name: options.brokers.join(","),
    transport: kafkajsTransport(options),
    inspector: kafkajsTopics(options),
  };
}

/** Ends a connection; what fails then is of no interest. */
export async function disconnect({ transport, inspector }: Connection): Promise<void> {
  await Promise.allSettled([transport.close(), inspector.close()]);
}
