import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createZstdCompress } from "node:zlib";
import { ByteWriter } from "@keyline/kafka/internal";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import type { ConsumerRecord, Transport } from "@keyline/runtime/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memberOf } from "./members.js";
import { createTestTransport, makeTopic, rawKafka, recordOf, until } from "./on-kafka.js";

const gigabyte = 1_073_741_824;

describe.skipIf(!(await canRun("kafka")))("batches that unpack to more than they may", () => {
  let cluster: KafkaCluster | undefined;
  beforeAll(async () => {
    cluster = await startKafka({});
  }, 180_000);
  afterAll(() => cluster?.stop(), 60_000);
  const brokers = () => cluster?.brokers ?? [];

  it.each(["gzip", "snappy", "lz4", "zstd"] as const)(
    "of %s are one unread record; what lies behind is read",
    async (name) => {
      const topic = await makeTopic(brokers(), 1);
      const transport = createTestTransport({ brokers: brokers(), maxUnpackedBytes: 100_000 });
      const writer = createTestTransport({ brokers: brokers(), compression: name });
      try {
        const producer = writer.createProducer();
        for (const text of ["before", "x".repeat(200_000), "behind"])
          await producer.append(topic, 0, [recordOf(text), recordOf(`${text[0]} again`)]);
        const found = await readAll(transport, topic);
        expect(found.map(({ offset, unread }) => [offset, unread !== undefined])).toEqual([
          [0, false],
          [1, false],
          [3, true],
          [4, false],
          [5, false],
        ]);
        expect(found[2]?.unread).toContain("offsets 2 to 3");
        const member = memberOf(transport, {
          groupId: `g-${topic}`,
          groups: [{ name: "d", topics: [topic] }],
          from: 0,
        });
        await member.consumer.start();
        await until(() => expect(member.received.slice(-1)).toEqual(["b again"]));
        expect(member.received).toHaveLength(5);
        await member.consumer.stop();
      } finally {
        await Promise.all([transport.close(), writer.close()]);
      }
    },
  );

  it("of a gigabyte cost about the limit in memory, and are passed by", { timeout: 120_000 }, async () => {
    const topic = await makeTopic(brokers(), 1);
    expect(await appendPacked(brokers(), topic, gigabyte)).toBeLessThan(200_000);
    await appendPacked(brokers(), topic, 1000);
    const transport: Transport = createTestTransport({ brokers: brokers() });
    const before = process.memoryUsage().rss;
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 5);
    try {
      const found = await readAll(transport, topic);
      expect(found.map(({ offset, unread }) => [offset, unread !== undefined])).toEqual([
        [0, true],
        [1, false],
      ]);
      console.log("most", most);
      expect(most).toBeLessThan(400_000_000);
    } finally {
      clearInterval(watching);
      await transport.close();
    }
  });
});

/** Everything on the topic's first partition. */
async function readAll(transport: Transport, topic: string): Promise<readonly ConsumerRecord[]> {
  const [range = { start: 0, end: 0 }] = await transport.logRanges([{ topic, partition: 0 }]);
  const found: ConsumerRecord[] = [];
  for await (const batch of transport.read({ topic, partition: 0 }, { from: range.start, to: range.end }))
    found.push(...batch.records);
  return found;
}

const { CompressionCodecs, CompressionTypes } = createRequire(import.meta.url)("kafkajs") as {
  readonly CompressionCodecs: Record<number, unknown>;
  readonly CompressionTypes: { readonly ZSTD: number };
};

/** Appends one record of so many bytes as a compressed batch, which is made without its content in memory; its size. */
async function appendPacked(brokers: readonly string[], topic: string, bytes: number): Promise<number> {
  const packed = await buffer(Readable.from(recordOfZeros(bytes)).pipe(createZstdCompress()));
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({ compress: async () => packed });
  const producer = rawKafka(brokers).producer();
  await producer.connect();
  // kafkajs writes the batch's head, and this as the records in it.
  await producer.send({ topic, compression: CompressionTypes.ZSTD, messages: [{ value: "x" }] });
  await producer.disconnect();
  return packed.length;
}

function* recordOfZeros(bytes: number): Generator<Buffer> {
  const part = 1_048_576;
  const head = new ByteWriter(30);
  // Attributes, time, offset, no key.
  const before = 4;
  const lengthOfSize = varint(bytes).length;
  head.varint(before + lengthOfSize + bytes + 1);
  head.int8(0);
  for (const value of [0, 0, -1, bytes]) head.varint(value);
  yield head.buffer.subarray(0, head.at);
  for (let left = bytes; left > 0; left -= part) yield Buffer.alloc(Math.min(left, part));
  // No headers.
  yield Buffer.of(0);
}

function varint(value: number): Buffer {
  const writer = new ByteWriter(10);
  writer.varint(value);
  return writer.buffer.subarray(0, writer.at);
}
