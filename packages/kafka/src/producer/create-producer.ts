import { KeylineError } from "@keyline/runtime";
import { oneAppendAtATime, type TransportProducer } from "@keyline/runtime/transport";
import type { Clusters } from "../client/client.js";
import { atMost, type Cluster, type Patience, retryOn } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import { codecs } from "../codecs/codecs.js";
import { transportError } from "../errors.js";
import { nameOf } from "../partitions.js";
import { payloadBytes } from "../records/convert.js";
import { initProducerId } from "../wire/topics.js";
import { createDelivery } from "./delivery.js";
import { createIdentities, type Identity } from "./identity.js";

/** How long a producer that closes waits for the answers that are still to come: what they are about may be in the log or not. */
const answerWithinMs = 3000;

/**
 * An idempotent producer: a batch keeps its identity and its sequence until it is settled, also where its leader moves.
 *
 * Invariant: `connected` is the connection that stands or is tried; null before, and after one that failed.
 */
export function createKafkaProducer(clusters: Clusters, settings: Settings): TransportProducer {
  const cluster = clusters.open();
  const closing = new AbortController();
  const { signal: closed } = closing;
  let connected: Promise<void> | null = null;

  const identities = createIdentities(() =>
    askIdentity(cluster, { withinMs: settings.deliveryTimeoutMs, signal: closed }),
  );
  const compression = codecs[settings.compression];
  const delivery = createDelivery({ cluster, identities, compression, closing: closed });

  const connect = async () => {
    const patience = { withinMs: settings.requestTimeoutMs, signal: closed };
    try {
      await retryOn(cluster, patience, () => cluster.refresh());
      await identities.current();
    } catch (caught) {
      connected = null;
      throw transportError(caught, "connect the producer");
    }
  };

  const connection = (): Promise<void> => {
    connected ??= connect();
    return connected;
  };

  const check = (place: string, bytes: number, signal: AbortSignal | undefined) => {
    if (closed.aborted) throw new KeylineError("closed", `cannot append to ${place}: the producer is closed`);
    if (signal?.aborted) throw new KeylineError("aborted", `cannot append to ${place}: the caller gave up`);
    if (bytes > settings.maxBatchBytes) {
      throw new KeylineError(
        "record_too_large",
        `cannot append to ${place}: the batch has ${bytes} bytes, ${settings.maxBatchBytes} are allowed`,
      );
    }
  };

  return {
    connect: connection,
    append: oneAppendAtATime(async (topic, partition, records, { signal } = {}) => {
      const target = { topic, partition };
      const bytes = records.reduce((sum, record) => sum + payloadBytes(record), 0);
      check(nameOf(target), bytes, signal);
      await connection();
      const stamp = await identities.stamp(target).catch((caught: unknown) => {
        throw transportError(caught, `append to ${nameOf(target)}`);
      });
      const deadlineMs = performance.now() + settings.deliveryTimeoutMs;
      return delivery.deliver({ ...target, records, bytes, deadlineMs, signal, stamp });
    }),
    async close() {
      closing.abort();
      // Each attempt ends with its answer, and none is made after it. One that brings none ends with its connection.
      await atMost(answerWithinMs, delivery.settled());
      cluster.close();
    },
  };
}

async function askIdentity(cluster: Cluster, patience: Patience): Promise<Identity> {
  const { producerId, producerEpoch } = await retryOn(cluster, patience, async () =>
    (await cluster.any()).send(initProducerId({ transactionalId: null, transactionTimeoutMs: 60_000 })),
  );
  return { producerId, producerEpoch, sequences: new Map() };
}
