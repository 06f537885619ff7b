import { brokerError } from "./broker-error.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import type { Answered, OwnRequest } from "./request.js";

/** A partition as the cluster has it. */
export interface PartitionState {
  readonly partition: number;
  /** -1 while no broker leads it. */
  readonly leader: number;
  /** Grows with each election of a leader. */
  readonly leaderEpoch: number;
  /** How many brokers have it, and how many of them are up to date. */
  readonly replicas: number;
  readonly inSync: number;
}

/** A topic as the cluster has it. */
export interface TopicMetadata {
  readonly topic: string;
  readonly error: Error | null;
  /** Another one once the topic was recreated; null from a broker that is older than ids (Kafka 2.8). */
  readonly id: string | null;
  readonly partitions: readonly PartitionState[];
  /** A bit for each operation that the user may do. */
  readonly rights: number;
}

/** A cluster as one of its brokers has it. */
export interface Metadata {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly clusterId: string;
  readonly controllerId: number;
  readonly topics: readonly TopicMetadata[];
}

const kind = { apiName: "Metadata", apiKey: 3 } as const;
export const metadataWithIds = { ...kind, apiVersion: 10, since: "2.8", isFlexible: true } as const;
export const metadataByName = { ...kind, apiVersion: 8, since: "2.3", isFlexible: false } as const;

/** Asks for topics by name, null for all of them. Makes none. Each is answered for. */
export const metadataRequest = (
  version: typeof metadataWithIds | typeof metadataByName,
  topics: readonly string[] | null,
): OwnRequest<Metadata> => ({
  ...version,
  encode: () => [version.isFlexible ? encodeWithIds(topics) : encodeByName(topics)],
  decode: (answer) => decode(new ByteReader(answer), version.isFlexible),
});

const noId = "0".repeat(32);
const roomFor = (topics: readonly string[]) =>
  16 + topics.reduce((sum, topic) => sum + 32 + Buffer.byteLength(topic), 0);

function encodeWithIds(topics: readonly string[] | null): Buffer {
  const writer = new ByteWriter(roomFor(topics ?? []));
  if (topics) writer.compactCount(topics.length);
  else writer.uvarint(0);
  for (const topic of topics ?? []) {
    writer.uuid(noId);
    writer.compactText(topic);
    writer.noTags();
  }
  writeFlags(writer);
  writer.noTags();
  return writer.written();
}

function encodeByName(topics: readonly string[] | null): Buffer {
  const writer = new ByteWriter(roomFor(topics ?? []));
  writer.int32(topics ? topics.length : -1);
  for (const topic of topics ?? []) writer.text16(topic);
  writeFlags(writer);
  return writer.written();
}

/** No topic is made, the cluster's own rights are not asked for, the topics' are. */
const writeFlags = (writer: ByteWriter) => {
  for (const asked of [0, 0, 1]) writer.int8(asked);
};

function decode(reader: ByteReader, isFlexible: boolean): Answered<Metadata> {
  const rows = <Row>(read: () => Row) => (isFlexible ? reader.compactRows(read) : reader.rows(read));
  const text = () => (isFlexible ? reader.compactText() : reader.text16()) ?? "";
  const count = () => (isFlexible ? reader.uvarint() - 1 : reader.int32());
  const listed = () => {
    const numbers = count();
    reader.skip(4 * numbers);
    return numbers;
  };
  const throttleMs = reader.int32();
  const brokers = rows(() => {
    const [nodeId, host, port] = [reader.int32(), text(), reader.int32()];
    // The rack.
    text();
    return { nodeId, host, port };
  });
  const [clusterId, controllerId] = [text(), reader.int32()];
  const topics = rows((): TopicMetadata => {
    const [error, topic] = [brokerError(reader.int16()), text()];
    const id = isFlexible ? reader.uuid() : null;
    // Whether it is internal.
    reader.skip(1);
    const partitions = rows((): PartitionState => {
      reader.skip(2);
      const [partition, leader, leaderEpoch] = [reader.int32(), reader.int32(), reader.int32()];
      const [replicas, inSync] = [listed(), listed()];
      // Those that are away.
      listed();
      return { partition, leader, leaderEpoch, replicas, inSync };
    });
    return { topic, error, id, partitions, rights: reader.int32() };
  });
  return { answer: { brokers, clusterId, controllerId, topics }, throttleMs };
}
