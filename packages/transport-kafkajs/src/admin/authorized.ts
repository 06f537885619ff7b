import { type Answered, type RequestBroker, sendRequest } from "../client/request.js";
import { ByteReader } from "../wire/byte-reader.js";
import { ByteWriter } from "../wire/byte-writer.js";

/** What a user may do with a topic, by Kafka's numbers. */
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

/** Something that may be done with a topic. */
export type TopicOperation = (typeof operations)[keyof typeof operations];

/** What the broker says when it tells nothing of rights. */
const untold = -2_147_483_648;

/** What this user may do with a topic; null where the broker does not know the topic, or tells nothing of rights. */
export type TopicRights = readonly TopicOperation[] | null;

/**
 * Asks for the rights to topics: a question of Metadata version 8, which kafkajs does not put. A topic that the user may
 * not even see has none.
 */
export const topicRights = (
  broker: RequestBroker,
  topics: readonly string[],
): Promise<ReadonlyMap<string, TopicRights>> =>
  sendRequest(broker, {
    ...{ apiName: "Metadata", apiKey: 3, apiVersion: 8, since: "2.3" },
    encode: () => [encode(topics)],
    decode,
  });

function encode(topics: readonly string[]): Buffer {
  const writer = new ByteWriter(topics.reduce((sum, topic) => sum + 2 + Buffer.byteLength(topic), 4 + 3));
  writer.int32(topics.length);
  for (const topic of topics) writer.text16(topic);
  // No topic is made, the cluster's own rights are not asked for, the topics' are.
  writer.bytes(Buffer.from([0, 0, 1]));
  return writer.buffer;
}

const unauthorized = 29;

function decode(answer: Buffer): Answered<ReadonlyMap<string, TopicRights>> {
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

function rightsOf(error: number, bits: number): TopicRights {
  if (error === unauthorized) return [];
  if (error !== 0 || bits === untold) return null;
  return Object.entries(operations).flatMap(([bit, name]) => ((bits >> Number(bit)) & 1 ? [name] : []));
}
