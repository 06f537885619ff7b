import type { Cluster, RawRecord, Transport } from "./version.ts";

/** The part of a version's memory cluster that both versions have. */
export interface MemoryClusterLike {
  readonly clusterId: string;
  createTopic(name: string, options: { readonly partitions: number }): void;
  topics(): ReadonlyMap<string, number>;
  transport(): unknown;
  records(topic: string, partition: number): readonly RecordLike[];
  readonly faults: {
    produce(record: Omit<RecordLike, "offset">): number;
    refuseAppends(place: { readonly topic: string; readonly partition: number }): () => void;
    stall(target: never, options: { readonly expireAfterMs: number }): () => void;
  };
}

interface RecordLike {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
  readonly timestampMs: number;
}

const textOf = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString("utf8"));
const bytesOf = (text: string | null) => (text === null ? null : Buffer.from(text, "utf8"));

/** A cluster of the scenarios: everything on it is text. */
export function clusterOf(inner: MemoryClusterLike, topics: Readonly<Record<string, number>>): Cluster {
  for (const [name, partitions] of Object.entries(topics)) inner.createTopic(name, { partitions });
  return {
    clusterId: inner.clusterId,
    topics: () => inner.topics(),
    transport: () => inner.transport() as Transport,
    records: (topic) =>
      Array.from({ length: inner.topics().get(topic) ?? 0 }, (_, partition) =>
        inner.records(topic, partition).map((record) => ({ ...rawOf(record), offset: record.offset })),
      ).flat(),
    produce: ({ key, value, headers, ...place }) =>
      inner.faults.produce({
        ...place,
        key: bytesOf(key),
        value: bytesOf(value),
        headers: headers.map(([name, text]) => [name, Buffer.from(text, "utf8")] as const),
      }),
    refuseAppends: (place) => inner.faults.refuseAppends(place),
    stall: (transport) => inner.faults.stall(transport as never, { expireAfterMs: 0 }),
  };
}

function rawOf({ topic, partition, key, value, headers, timestampMs }: RecordLike): RawRecord {
  return {
    ...{ topic, partition, key: textOf(key), value: textOf(value) },
    headers: headers.map(([name, bytes]) => [name, textOf(bytes) ?? ""] as const),
    timestampMs,
  };
}
