import { harmless } from "@keyline/runtime/tools";
import type { Address, ConnectionSettings, KafkaClient } from "../port.js";
import { addressOf, nameOfAddress } from "./address.js";
import { createBroker } from "./broker.js";
import { type Cluster, createCluster } from "./cluster.js";
import type { KafkaOptions, Settings } from "./options.js";

/** The clusters of a transport: one for each producer and consumer, and one for questions. */
export interface Clusters {
  /** Connects when it is first used. `subscribed` are topics whose leaders are always asked about. */
  open(subscribed?: readonly string[]): Cluster;
  /** Ends every connection; none is opened after it. */
  destroy(): void;
}

/** Invariant: `opened` are the clusters that were opened; each is closed by `destroy` at the latest. */
export function createClusters(client: KafkaClient, options: KafkaOptions, settings: Settings): Clusters {
  const { log } = options;
  const { connectTimeoutMs, requestTimeoutMs } = settings;
  const { clientId = "keyline", ssl = false, sasl = null } = options;
  const tls = ssl === true ? {} : ssl || null;
  const connection: ConnectionSettings = { clientId, tls, sasl, connectTimeoutMs };
  const opened = new Set<Cluster>();

  const connect = async (address: Address, signal: AbortSignal) => {
    const place = nameOfAddress(address);
    try {
      const made = await client.connect(address, connection, signal);
      log?.({ level: "info", message: `connected to ${place}` });
      return made;
    } catch (caught) {
      // Its message alone: the cause of a refused login can repeat what was sent.
      const reason = caught instanceof Error ? caught.message : String(caught);
      log?.({ level: "error", message: harmless(`no connection to ${place}: ${reason}`) });
      throw caught;
    }
  };

  return {
    open(subscribed = []) {
      const cluster = createCluster({
        seeds: options.brokers.map(addressOf),
        createBroker: (address) => createBroker({ address, connect, requestTimeoutMs }),
        subscribed,
      });
      opened.add(cluster);
      return cluster;
    },
    destroy() {
      for (const cluster of opened) cluster.close();
    },
  };
}
