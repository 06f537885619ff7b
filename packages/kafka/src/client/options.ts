import type { ConnectionOptions } from "node:tls";
import { KeylineError } from "@keyline/runtime";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { defaultMaxUnpackedBytes } from "../codecs/limits.js";
import type { KafkaSasl } from "../port.js";
import { isBrokerAddress } from "./address.js";

/** The compression of batches. */
export type KafkaCompression = "none" | "gzip" | "snappy" | "lz4" | "zstd";

/** A log line about connections. */
export interface KafkaLogLine {
  readonly level: "error" | "info";
  readonly message: string;
}

/** The connection's options; only `brokers` is required. */
export interface KafkaOptions {
  /**
   * `host:port` of some brokers, `[::1]:9092` for an IPv6 address. The first one that answers is used; the other
   * brokers are found through it.
   */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. Default "keyline". */
  readonly clientId?: string;
  /**
   * TLS: true for the system's certificates, or options of node:tls. Default none: all traffic is readable on the
   * network.
   */
  readonly ssl?: boolean | ConnectionOptions;
  /** How to log in. Default none. Without `ssl`, "plain" sends the password in clear text. */
  readonly sasl?: KafkaSasl;
  /** The compression of written batches. Default "none". Every compression can be read without an option. */
  readonly compression?: KafkaCompression;
  /**
   * The maximum size of a batch of one partition (bytes of keys, values and headers). Default 1,000,000, a little below
   * the brokers' `max.message.bytes`; above that they refuse whole batches with `record_too_large`.
   */
  readonly maxBatchBytes?: number;
  /**
   * How long a batch whose answer was lost is retried before its outcome is unknown. Default 120,000 ms, as in Java's
   * client. Each request that a dead connection swallows takes `requestTimeoutMs` of it, and Kafka elects another
   * leader about 9 s after one died: with less than these, such failures cause unknown outcomes.
   */
  readonly deliveryTimeoutMs?: number;
  /**
   * A member that sends no heartbeat for longer loses its membership. Default 30,000 ms; the broker allows 6,000 to
   * 1,800,000.
   */
  readonly sessionTimeoutMs?: number;
  /**
   * How often a member sends a heartbeat, and how soon it learns of a rebalance. Default 1,000 ms; at most a third of
   * the session timeout.
   */
  readonly heartbeatIntervalMs?: number;
  /** How long a rebalance waits for a member that still works on partitions that it gives back. Default 60,000 ms. */
  readonly rebalanceTimeoutMs?: number;
  /**
   * How long a broker without new records delays its answer to a fetch; a resumed partition waits as long. Default 100
   * ms.
   */
  readonly maxWaitMs?: number;
  /** The maximum number of bytes of one partition in one fetch; at least one batch is returned. Default 1,048,576. */
  readonly maxBytesPerPartition?: number;
  /**
   * The maximum unpacked size of a compressed batch (bytes). Default 33,554,432 (32 MB): Java's client and librdkafka
   * limit a batch before they compress it, to 1 MB by default. A larger batch, or one with very many records, is not
   * unpacked: one dead letter names its offsets (`batch_too_large`), and reading continues after it. Without a limit a
   * batch of 30 kB could fill a reader's memory and stop it for seconds. One fetch unpacks at most this plus one
   * batch.
   */
  readonly maxUnpackedBytes?: number;
  /**
   * How often the metadata of topics is refreshed; partitions that were added are read and written within this time.
   * Default 30,000 ms.
   */
  readonly metadataIntervalMs?: number;
  /** How long an attempt to connect to a broker may take. Default 3,000 ms. */
  readonly connectTimeoutMs?: number;
  /** How long to wait for an answer; then the connection counts as broken and is closed. Default 30,000 ms. */
  readonly requestTimeoutMs?: number;
  /** Called for connections that open and for those that fail. Default none: whatever matters is thrown as an error. */
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
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 120_000,
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
  if (options.brokers.length === 0) throw invalid("brokers is empty: name at least one, as host:port");
  for (const broker of options.brokers) {
    if (typeof broker !== "string") throw invalid(`a broker is ${typeof broker}: pass it as host:port`);
    if (!isBrokerAddress(broker)) throw invalid(`the broker ${JSON.stringify(broker)} is not a valid host:port`);
  }
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "number" && !(value > 0)) throw invalid(`${name} is ${value}: give a number above 0`);
  }
  if (settings.heartbeatIntervalMs * 3 > sessionTimeoutMs) {
    throw invalid(
      `heartbeatIntervalMs is ${settings.heartbeatIntervalMs}: give a third of sessionTimeoutMs (${sessionTimeoutMs}) or less`,
    );
  }
  return settings;
}

const invalid = (message: string) => new KeylineError("options_invalid", `cannot connect to Kafka: ${message}`);
