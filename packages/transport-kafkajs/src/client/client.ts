import type { Admin, RetryOptions } from "kafkajs";
import { spelled } from "./address.js";
import { openCluster } from "./cluster.js";
import { Kafka } from "./kafkajs.js";
import { type KafkajsOptions, kafkaConfig, type Settings } from "./options.js";
import type { KafkaCluster } from "./protocol.js";
import { fixRequestQueue } from "./request-queue.js";
import { firstToAnswer } from "./seeds.js";
import { trackSockets } from "./sockets.js";

/** kafkajs over connections that are known here: one that brings no answer in time is never used again. */
export interface KafkajsClient {
  /** Connections to the cluster, without kafkajs' consumer and producer; `subscribed` as {@link openCluster} has it. */
  open(subscribed?: readonly string[]): KafkaCluster;
  admin(): Admin;
  /** Ends every connection; none is opened after it. */
  destroy(): void;
}

/** Connects when it is first used. `retry` is how kafkajs tries again by itself; default hardly at all. */
export function createKafkajsClient(options: KafkajsOptions, settings: Settings, retry?: RetryOptions): KafkajsClient {
  const { connectTimeoutMs: withinMs } = settings;
  const { factory, condemn, destroy } = trackSockets(withinMs);
  const kafka = new Kafka({
    ...kafkaConfig(options, settings, factory),
    // Called whenever kafkajs begins anew from the seeds.
    brokers: () => firstToAnswer(options.brokers.map(spelled), { connect: factory, ssl: options.ssl, withinMs }),
    ...(retry && { retry }),
  });
  // Over before a connection opens. Where it fails, kafkajs only wastes time.
  void fixRequestQueue(kafka).catch(() => undefined);

  return {
    open: (subscribed) => openCluster(kafka, condemn, subscribed),
    admin() {
      const admin = kafka.admin();
      admin.on(admin.events.REQUEST_TIMEOUT, ({ payload }) => condemn(payload.broker));
      return admin;
    },
    destroy,
  };
}
