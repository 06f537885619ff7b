import type { KafkaBroker } from "../client/protocol.js";

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

const metadata = { apiKey: 3, apiName: "Metadata", apiVersion: 8 } as const;

/**
 * Asks for the rights to topics: a question of Metadata version 8, which kafkajs does not put. A topic that the user may
 * not even see has none.
 */
export async function topicRights(
  broker: KafkaBroker,
  topics: readonly string[],
): Promise<ReadonlyMap<string, TopicRights>> {
  const encoded = encodeQuestion(topics);
  return broker.connectionPool.send({
    request: { ...metadata, encode: async () => ({ buf: encoded, buffer: encoded }) },
    response: { decode: async (answer) => answer, parse: async (answer) => decodeAnswer(answer) },
  });
}

function encodeQuestion(topics: readonly string[]): Buffer {
  const names = topics.flatMap((topic) => [int16(Buffer.byteLength(topic)), Buffer.from(topic)]);
  // No topic is made, the cluster's own rights are not asked for, the topics' are.
  return Buffer.concat([int32(topics.length), ...names, Buffer.from([0, 0, 1])]);
}

const unauthorized = 29;

function decodeAnswer(answer: Buffer): ReadonlyMap<string, TopicRights> {
  const reader = createReader(answer);
  reader.int32();
  reader.array(() => [reader.int32(), reader.text(), reader.int32(), reader.text()]);
  reader.text();
  reader.int32();
  const rows = reader.array(() => {
    const error = reader.int16();
    const topic = reader.text() ?? "";
    reader.skip(1);
    reader.array(() => {
      reader.skip(2 + 3 * 4);
      for (let list = 0; list < 3; list += 1) reader.array(() => reader.int32());
    });
    return [topic, rightsOf(error, reader.int32())] as const;
  });
  return new Map(rows);
}

function rightsOf(error: number, bits: number): TopicRights {
  if (error === unauthorized) return [];
  if (error !== 0 || bits === untold) return null;
  return Object.entries(operations).flatMap(([bit, name]) => ((bits >> Number(bit)) & 1 ? [name] : []));
}

/** Reads what brokers write, from the start on. */
function createReader(bytes: Buffer) {
  let at = 0;
  const take = (count: number) => {
    at += count;
    return at - count;
  };
  const int16 = () => bytes.readInt16BE(take(2));
  const int32 = () => bytes.readInt32BE(take(4));
  return {
    int16,
    int32,
    skip: (count: number) => void take(count),
    text: () => {
      const length = int16();
      return length < 0 ? null : bytes.toString("utf8", take(length), at);
    },
    array: <Row>(row: () => Row): readonly Row[] => Array.from({ length: Math.max(0, int32()) }, row),
  };
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
