import { groupCoordinator } from "../client/group-coordinator.js";
import type { KafkaCluster } from "../client/protocol.js";
import { type Answered, type RequestBroker, sendRequest } from "../client/request.js";
import { brokerError } from "../wire/broker-error.js";
import { ByteReader } from "../wire/byte-reader.js";
import { ByteWriter } from "../wire/byte-writer.js";

/** What a user may do with a topic or a group, by Kafka's numbers. */
const operations = {
  3: "read",
  4: "write",
  5: "create",
  6: "delete",
  7: "alter",
  8: "describe",
  10: "describe-configs",
  11: "alter-configs",
} as const;

/** Something that may be done with a topic or a group. */
export type Operation = (typeof operations)[keyof typeof operations];

/** What the broker says when it tells nothing of rights. */
const untold = -2_147_483_648;

/** What this user may do with something; null where the broker does not know it, or tells nothing of rights. */
export type Rights = readonly Operation[] | null;

/**
 * Asks for the rights to topics: a question of Metadata version 8, which kafkajs does not put. A topic that the user may
 * not even see has none.
 */
export const topicRights = (broker: RequestBroker, topics: readonly string[]): Promise<ReadonlyMap<string, Rights>> =>
  sendRequest(broker, {
    ...{ apiName: "Metadata", apiKey: 3, apiVersion: 8, since: "2.3" },
    encode: () => [encodeTopics(topics)],
    decode: decodeTopics,
  });

/**
 * Asks a group's coordinator for the rights to it, whether the group is there or not: a question of DescribeGroups version
 * 3, which kafkajs does not put.
 */
export async function groupRights(cluster: KafkaCluster, groupId: string): Promise<Rights> {
  try {
    return await sendRequest(await groupCoordinator(cluster, groupId), {
      ...{ apiName: "DescribeGroups", apiKey: 15, apiVersion: 3, since: "2.3" },
      encode: () => [encodeGroup(groupId)],
      decode: decodeGroup,
    });
  } catch (caught) {
    // A user without the right to see a group is not told its coordinator.
    if (isUnauthorized(caught)) return [];
    throw caught;
  }
}

const isUnauthorized = (caught: unknown) =>
  caught instanceof Error && "type" in caught && caught.type === "GROUP_AUTHORIZATION_FAILED";

function encodeGroup(groupId: string): Buffer {
  const writer = new ByteWriter(4 + 2 + Buffer.byteLength(groupId) + 1);
  writer.int32(1);
  writer.text16(groupId);
  writer.bytes(Buffer.from([1]));
  return writer.buffer;
}

function decodeGroup(answer: Buffer): Answered<Rights> {
  const reader = new ByteReader(answer);
  const throttleMs = reader.int32();
  const [rights = null] = reader.rows(() => {
    const failure = brokerError(reader.int16());
    if (failure) throw failure;
    // Id, state, protocol type, protocol.
    for (let text = 0; text < 4; text += 1) reader.text16();
    reader.rows(() => {
      for (let text = 0; text < 3; text += 1) reader.text16();
      for (let blob = 0; blob < 2; blob += 1) reader.skip(Math.max(reader.int32(), 0));
    });
    return rightsOf(0, reader.int32());
  });
  return { answer: rights, throttleMs };
}

function encodeTopics(topics: readonly string[]): Buffer {
  const writer = new ByteWriter(topics.reduce((sum, topic) => sum + 2 + Buffer.byteLength(topic), 4 + 3));
  writer.int32(topics.length);
  for (const topic of topics) writer.text16(topic);
  // No topic is made, the cluster's own rights are not asked for, the topics' are.
  writer.bytes(Buffer.from([0, 0, 1]));
  return writer.buffer;
}

const unauthorized = 29;

function decodeTopics(answer: Buffer): Answered<ReadonlyMap<string, Rights>> {
  const reader = new ByteReader(answer);
  const throttleMs = reader.int32();
  reader.rows(() => [reader.int32(), reader.text16(), reader.int32(), reader.text16()]);
  // The cluster's id, its controller.
  reader.text16();
  reader.int32();
  const rows = reader.rows(() => {
    const error = reader.int16();
    const topic = reader.text16() ?? "";
    reader.skip(1);
    reader.rows(() => {
      reader.skip(2 + 3 * 4);
      for (let list = 0; list < 3; list += 1) reader.rows(() => reader.int32());
    });
    return [topic, rightsOf(error, reader.int32())] as const;
  });
  return { answer: new Map(rows), throttleMs };
}

function rightsOf(error: number, bits: number): Rights {
  if (error === unauthorized) return [];
  if (error !== 0 || bits === untold) return null;
  return Object.entries(operations).flatMap(([bit, name]) => ((bits >> Number(bit)) & 1 ? [name] : []));
}
