import type { Connection, Io } from "../io.js";

/** Connects as `--brokers` says, else as the environment does; null, with what to do on the log, where neither does. */
export async function connectCluster(brokers: string | undefined, io: Io): Promise<Connection | null> {
  if (io.connect) return io.connect();
  // Only these commands need a client: the others start without it.
  const { kafkajsTopics, kafkajsTransport, kafkaOptionsFrom } = await import("@keyline/kafkajs");
  const given = brokers === undefined ? {} : { KAFKA_BROKERS: brokers };
  const options = kafkaOptionsFrom({ ...io.environment, ...given });
  if (options === null) {
    io.log("error: no brokers: pass --brokers host:port or set KAFKA_BROKERS\n");
    return null;
  }
  const named = { ...options, clientId: "keyline" };
  return {
    name: options.brokers.join(","),
    transport: kafkajsTransport(named),
    inspector: kafkajsTopics(named),
  };
}

/** Ends a connection; what fails then is of no interest. */
export async function disconnect({ transport, inspector }: Connection): Promise<void> {
  await Promise.allSettled([transport.close(), inspector.close()]);
}
