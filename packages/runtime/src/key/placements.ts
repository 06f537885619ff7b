import { crc32 } from "node:zlib";
import { doubleMurmur2 } from "./double-murmur2.js";
import { fnv1a32, murmur2 } from "./hash.js";

/**
 * How a client chooses the partition of a keyed record. A contract can name the first three; the others occur on
 * clusters, and no other client is compatible with them.
 */
export type Placement =
  | "murmur2"
  | "consistent"
  | "fnv1a"
  | "murmur2-unsigned"
  | "murmur2-kafkajs-1"
  | "murmur2-kafka-ts-1.3"
  | "fnv1a-reference"
  | "fnv1a-unsigned";

interface PlacementRule {
  /** Where a key's hash falls among `count` partitions: as its clients do it, signs and all. */
  readonly place: (key: Uint8Array, count: number) => number;
  /** Whose it is. */
  readonly users: string;
}

/** Every known way to choose a partition, with the clients that use it. */
export const placements: { readonly [Name in Placement]: PlacementRule } = {
  murmur2: {
    place: (key, count) => (murmur2(key) & 0x7fffffff) % count,
    users: "Java's clients, kafkajs from 2.0, confluent-kafka-javascript, franz-go, kafka-python",
  },
  consistent: {
    place: (key, count) => crc32(key) % count,
    users: "librdkafka: confluent-kafka for Python, Go and .NET, node-rdkafka, kcat",
  },
  fnv1a: {
    // Sarama takes the hash as signed and the absolute value after the remainder, not before.
    place: (key, count) => Math.abs((fnv1a32(key) | 0) % count),
    users: "Sarama: Dapr, and Go services with its default",
  },
  "murmur2-unsigned": {
    place: (key, count) => murmur2(key) % count,
    users: "@platformatic/kafka with its default partitioner",
  },
  "murmur2-kafkajs-1": {
    place: (key, count) => (doubleMurmur2(key, "kafkajs-1") & 0x7fffffff) % count,
    users: "kafkajs 1.x, or 2.x with its LegacyPartitioner",
  },
  "murmur2-kafka-ts-1.3": {
    place: (key, count) => (doubleMurmur2(key, "kafka-ts-1.3") & 0x7fffffff) % count,
    users: "kafka-ts before 1.4.0",
  },
  "fnv1a-reference": {
    place: (key, count) => (fnv1a32(key) & 0x7fffffff) % count,
    users: "Sarama with NewReferenceHashPartitioner",
  },
  "fnv1a-unsigned": {
    place: (key, count) => fnv1a32(key) % count,
    users: "franz-go with SaramaHasher",
  },
};
