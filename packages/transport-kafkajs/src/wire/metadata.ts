import type { Answered, OwnRequest } from "../client/request.js";
import { brokerError } from "./broker-error.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";

/** A partition as the cluster has it. */
export interface PartitionState {
  readonly partition: number;
  /** -1 while no broker leads it. */
  readonly leader: number;
  /** Grows with each election of a leader. */
  readonly leaderEpoch: number;
}

/** A topic as the cluster has it. */
export interface TopicMetadata {
  readonly topic: string;
  readonly error: Error | null;
  /** Another one once the topic was recreated. */
  readonly id: string;
  readonly partitions: readonly PartitionState[];
}

/** Asks for topics by name. Makes none. Each is answered for. */
export function metadataRequest(topics: readonly string[]): OwnRequest<readonly TopicMetadata[]> {
  return {
    ...{ apiName: "Metadata", apiKey: 3, apiVersion: 10, since: "2.8", isFlexible: true },
    encode: () => encode(topics),
    decode,
  };
}

const noId = "0".repeat(32);

function encode(topics: readonly string[]): readonly Buffer[] {
  const writer = new ByteWriter(16 + topics.reduce((sum, topic) => sum + 32 + Buffer.byteLength(topic), 0));
  writer.compactCount(topics.length);
  for (const topic of topics) {
    writer.uuid(noId);
    writer.compactText(topic);
    writer.noTags();
  }
  // No topic is made, and rights are not asked for.
  for (let flag = 0; flag < 3; flag += 1) writer.int8(0);
  writer.noTags();
  return [writer.written()];
}

function decode(answer: Buffer): Answered<readonly TopicMetadata[]> {
  const reader = new ByteReader(answer);
  const throttleMs = reader.int32();
  // Brokers, the cluster's id, its controller.
  reader.compactRows(() => [reader.int32(), reader.compactText(), reader.int32(), reader.compactText()]);
  reader.compactText();
  reader.int32();
  return { answer: reader.compactRows(() => readTopic(reader)), throttleMs };
}

function readTopic(reader: ByteReader): TopicMetadata {
  const error = brokerError(reader.int16());
  const topic = reader.compactText() ?? "";
  const id = reader.uuid();
  // Whether it is internal.
  reader.skip(1);
  const partitions = reader.compactRows(() => readPartition(reader));
  // Rights, which were not asked for.
  reader.skip(4);
  return { topic, error, id, partitions };
}

function readPartition(reader: ByteReader): PartitionState {
  reader.skip(2);
  const state = { partition: reader.int32(), leader: reader.int32(), leaderEpoch: reader.int32() };
  // Replicas, those in sync, those that are away.
  for (let list = 0; list < 3; list += 1) for (let left = reader.uvarint() - 1; left > 0; left -= 1) reader.int32();
  return state;
}
