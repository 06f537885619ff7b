import type { ConnectionOptions } from "node:tls";
import { KeylineError } from "@keyline/runtime";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { defaultMaxUnpackedBytes } from "../codecs/limits.js";
import type { KafkaSasl } from "../port.js";
import { isBrokerAddress } from "./address.js";

/** How a batch is compressed. */
export type KafkaCompression = "none" | "gzip" | "snappy" | "lz4" | "zstd";

/** A line about connections. */
export interface KafkaLogLine {
  readonly level: "error" | "info";
  readonly message: string;
}

/** How to connect; only `brokers` has to be given. */
export interface KafkaOptions {
  /**
   * `host:port` of some brokers, `[::1]:9092` for an IPv6 address. The first that answers is taken; the others are found
   * through it.
   */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. Default "keyline". */
  readonly clientId?: string;
  /** TLS: true for the system's certificates, or what node:tls takes. Default none: everything is readable on the way. */
  readonly ssl?: boolean | ConnectionOptions;
  /** Default none. Without `ssl`, "plain" sends the password in clear. */
  readonly sasl?: KafkaSasl;
  /** Default "none". Readers need no option: every compression is read. */
  readonly compression?: KafkaCompression;
  /**
   * Bytes of keys, values and headers that one batch of a partition may have. Default 1,000,000, a little below the
   * brokers' `max.message.bytes`; above that they refuse whole batches with `record_too_large`.
   */
  readonly maxBatchBytes?: number;
  /**
   * How long a batch is tried whose answer was lost, before its outcome counts as unknown. Default 60,000 ms. Kafka
   * elects another leader about 9 s after one died: below that, each death of a broker costs unknown outcomes.
   */
  readonly deliveryTimeoutMs?: number;
  /** A member that the group does not hear of for longer is out of it. Default 30,000 ms; the broker allows 6,000 to 1,800,000. */
  readonly sessionTimeoutMs?: number;
  /** How often a member is heard of, and how soon it learns of a rebalance. Default 1,000 ms; at most a third of the session timeout. */
  readonly heartbeatIntervalMs?: number;
  /** How long a rebalance waits for a member that still works on what it gives back. Default 60,000 ms. */
  readonly rebalanceTimeoutMs?: number;
  /** How long a broker that has nothing new keeps a fetch waiting, and a resumed partition with it. Default 100 ms. */
  readonly maxWaitMs?: number;
  /** Bytes that one fetch brings of one partition at most, at least one batch. Default 1,048,576. */
  readonly maxBytesPerPartition?: number;
  /**
   * Bytes that one compressed batch may unpack to. Default 67,108,864 (64 MB). A larger one, or one of very many records, is
   * never unpacked: one dead letter names its offsets (`batch_too_large`), and reading goes on behind it. Without a limit
   * a batch of 30 kB can fill a reader's memory. A fetch unpacks no more than this and one batch.
   */
  readonly maxUnpackedBytes?: number;
  /** How often the cluster is asked again about its topics: what was added to one is read and written within it. Default 30,000 ms. */
  readonly metadataIntervalMs?: number;
  /** How long to try to connect to a broker. Default 3,000 ms. */
  readonly connectTimeoutMs?: number;
  /** How long to wait for an answer; then the connection counts as broken, and is left. Default 30,000 ms. */
  readonly requestTimeoutMs?: number;
  /** Told of connections that open, and of those that cannot. Default none: what matters comes as an error. */
  readonly log?: (line: KafkaLogLine) => void;
}

/** The options with their defaults. */
export interface Settings {
  readonly compression: KafkaCompression;
  readonly maxBatchBytes: number;
  readonly deliveryTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
  readonly maxUnpackedBytes: number;
  readonly metadataIntervalMs: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

const names: NamesOf<KafkaOptions> = {
  brokers: true,
  clientId: true,
  ssl: true,
  sasl: true,
  compression: true,
  maxBatchBytes: true,
  deliveryTimeoutMs: true,
  sessionTimeoutMs: true,
  heartbeatIntervalMs: true,
  rebalanceTimeoutMs: true,
  maxWaitMs: true,
  maxBytesPerPartition: true,
  maxUnpackedBytes: true,
  metadataIntervalMs: true,
  connectTimeoutMs: true,
  requestTimeoutMs: true,
  log: true,
};

/** Fills in the defaults. Throws `options_invalid` for values that cannot work together, and for an option that there is not. */
export function settingsOf(options: KafkaOptions): Settings {
  // Callers without types.
  if (typeof options !== "object" || options === null) throw invalid("there are no options: pass { brokers: [...] }");
  checkNames("cannot connect to Kafka", options, names);
  if (!Array.isArray(options.brokers)) throw invalid('brokers is not a list: pass ["host:port"]');
  const { sessionTimeoutMs = 30_000 } = options;
  const settings: Settings = {
    compression: options.compression ?? "none",
    maxBatchBytes: options.maxBatchBytes ?? 1_000_000,
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 60_000,
    sessionTimeoutMs,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? Math.min(1000, Math.floor(sessionTimeoutMs / 3)),
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
    maxWaitMs: options.maxWaitMs ?? 100,
    maxBytesPerPartition: options.maxBytesPerPartition ?? 1_048_576,
    maxUnpackedBytes: options.maxUnpackedBytes ?? defaultMaxUnpackedBytes,
    metadataIntervalMs: options.metadataIntervalMs ?? 30_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 3000,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
  };
  if (options.brokers.length === 0) throw invalid("brokers is empty: name one at least, as host:port");
  for (const broker of options.brokers) {
    if (typeof broker !== "string") throw invalid(`a broker is ${typeof broker}: pass it as host:port`);
    if (!isBrokerAddress(broker)) throw invalid(`the broker ${JSON.stringify(broker)} is not a valid host:port`);
  }
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "number" && !(value > 0)) throw invalid(`${name} is ${value}: give a number above 0`);
  }
  if (settings.heartbeatIntervalMs * 3 > sessionTimeoutMs) {
    throw invalid(
      `heartbeatIntervalMs is ${settings.heartbeatIntervalMs}: give a third of sessionTimeoutMs (${sessionTimeoutMs}) at most`,
    );
  }
  return settings;
}

const invalid = (message: string) => new KeylineError("options_invalid", `cannot connect to Kafka: ${message}`);
