import { createRequire } from "node:module";
import type { ConsumerRecord, ProducerRecord } from "@keyline/runtime/transport";
import { describe, expect, it } from "vitest";
import { codecs } from "../codecs/codecs.js";
import { UnpackedTooLarge } from "../codecs/too-large.js";
import { createUnpacking } from "../codecs/unpacking.js";
import { type Decompress, readBatches } from "./read-batches.js";
import { writeBatch } from "./write-batch.js";

// kafkajs' own writer and reader of batches, which brokers are known to agree with.
const require = createRequire(import.meta.url);
const Decoder = require("kafkajs/src/protocol/decoder.js");
const readWithKafkajs = require("kafkajs/src/protocol/recordBatch/v0/decoder.js");
const { RecordBatch: writeWithKafkajs } = require("kafkajs/src/protocol/recordBatch/v0/index.js");
const recordWithKafkajs = require("kafkajs/src/protocol/recordBatch/record/v0/index.js");
const crcOfKafkajs = require("kafkajs/src/protocol/recordBatch/crc32C/index.js");

const place = { topic: "code.executed", partition: 5 };
const identity = { producerId: 4_294_967_999n, producerEpoch: 3, sequence: 2_147_483_000 };
const decompress: Decompress = (...batch) => createUnpacking(1_000_000)(...batch);
const bytes = (text: string) => Buffer.from(text);

/** Records at the edges of what a record can be. */
const records: readonly ProducerRecord[] = [
  { key: bytes("42"), value: bytes("{}"), headers: [], timestampMs: 1_790_000_000_000 },
  { key: null, value: null, headers: [["", Buffer.alloc(0)]], timestampMs: 1_790_000_000_001 },
  {
    key: Buffer.alloc(0),
    value: Buffer.alloc(70_000, 7),
    headers: [["ä€😀", bytes("x")]],
    timestampMs: 1_789_999_999_000,
  },
  {
    key: bytes("k".repeat(63)),
    value: bytes("v".repeat(64)),
    headers: [
      ["a", bytes("1")],
      ["__proto__", bytes("2")],
    ],
    timestampMs: 1_790_086_400_000,
  },
  { key: bytes("far"), value: bytes("away"), headers: [], timestampMs: 0 },
  { key: bytes("later"), value: bytes("still"), headers: [], timestampMs: 253_402_300_799_999 },
];

const plain = (record: ProducerRecord | ConsumerRecord) => ({
  key: record.key && Buffer.from(record.key).toString("base64"),
  value: record.value && Buffer.from(record.value).toString("base64"),
  headers: record.headers.map(([name, value]) => [name, Buffer.from(value).toString("base64")]),
  timestampMs: record.timestampMs,
});

describe("a batch", () => {
  it("as written is read by kafkajs, with identity, times and every byte", async () => {
    const batch = await readWithKafkajs(new Decoder(await writeBatch(records, identity, codecs.none)));
    expect(batch).toMatchObject({ firstOffset: "0", lastOffsetDelta: 5, producerId: "4294967999", producerEpoch: 3 });
    expect(batch).toMatchObject({
      firstSequence: 2_147_483_000,
      maxTimestamp: "253402300799999",
      inTransaction: false,
    });
    const found = batch.records.map(
      (record: { [name: string]: Buffer } & { headers: Record<string, Buffer>; timestamp: string }) => ({
        ...{ key: record.key?.toString("base64") ?? null, value: record.value?.toString("base64") ?? null },
        headers: Object.entries(record.headers).map(([name, value]) => [name, value.toString("base64")]),
        timestampMs: Number(record.timestamp),
      }),
    );
    // kafkajs garbles a header called __proto__.
    const named = (rows: readonly { headers: unknown[][] }[]) =>
      rows.map((row) => ({ ...row, headers: row.headers.filter(([name]) => name !== "__proto__") }));
    expect(named(found)).toEqual(named(records.map(plain)));
  });

  it("has the checksum that kafkajs counts", async () => {
    const written = await writeBatch(records, identity, codecs.none);
    expect(written.readUInt32BE(17)).toBe(crcOfKafkajs(written.subarray(21)));
  });

  it.each(["none", "gzip", "snappy", "lz4", "zstd"] as const)(
    "with compression %s is read as written",
    async (name) => {
      const [batch] = await readBatches(await writeBatch(records, identity, codecs[name]), place, decompress);
      expect(batch).toMatchObject({
        baseOffset: 0,
        lastOffset: 5,
        producerId: identity.producerId,
        transactional: false,
        control: false,
      });
      expect(batch?.records.map(plain)).toEqual(records.map(plain));
      expect(batch?.records.map(({ offset, topic, partition }) => [offset, topic, partition])).toEqual(
        records.map((_, index) => [index, place.topic, place.partition]),
      );
    },
  );

  it("that is too large to be unpacked is one unread record at its last offset; what is left for later ends what is read", async () => {
    const written = await writeBatch(records, identity, codecs.gzip);
    const never = () => Promise.reject(new UnpackedTooLarge());
    const [batch] = await readBatches(written, place, never);
    expect(batch).toMatchObject({ baseOffset: 0, lastOffset: 5 });
    expect(batch?.records).toMatchObject([{ ...place, offset: 5, key: null, value: null, headers: [] }]);
    expect(batch?.records[0]?.unread).toContain("offsets 0 to 5");
    expect((await readBatches(written, place, never, () => false))[0]?.records).toEqual([]);
    expect(await readBatches(written, place, async () => null)).toEqual([]);
  });

  it("as kafkajs writes it is read", async () => {
    const rows = records.slice(0, 3).map(({ key, value, headers, timestampMs }, index) =>
      recordWithKafkajs({
        ...{ offsetDelta: index * 10, timestampDelta: timestampMs - 1000, key, value },
        headers: Object.fromEntries(headers),
      }),
    );
    const encoder = await writeWithKafkajs({
      firstOffset: 7000,
      firstTimestamp: 1000,
      maxTimestamp: 2000,
      lastOffsetDelta: 29,
      producerId: 9,
      transactional: true,
      records: rows,
    });
    const [batch] = await readBatches(encoder.buffer, place, decompress);
    expect(batch).toMatchObject({ baseOffset: 7000, lastOffset: 7029, producerId: 9n, transactional: true });
    expect(batch?.records.map(({ offset }) => offset)).toEqual([7000, 7010, 7020]);
    expect(batch?.records.map(plain)).toEqual(records.slice(0, 3).map(plain));
  });

  it("that the broker cut off is left out; the whole ones before it are read", async () => {
    const one = await writeBatch(records.slice(0, 2), identity, codecs.none);
    const both = Buffer.concat([one, one]);
    for (const cut of [1, 12, one.length - 1]) {
      const found = await readBatches(both.subarray(0, one.length + cut), place, decompress);
      expect(found.map((batch) => batch.records.length)).toEqual([2]);
    }
  });

  it("has only the records whose key and offset are wanted, and each of those whole", async () => {
    for (const name of ["none", "gzip"] as const) {
      const asked: number[] = [];
      const keep = (key: Uint8Array | null, offset: number) => asked.push(offset) > 0 && (key?.length ?? 0) > 2;
      const written = await writeBatch(records, identity, codecs[name]);
      const [batch] = await readBatches(written, place, decompress, keep);
      expect(asked).toEqual([0, 1, 2, 3, 4, 5]);
      expect(batch?.records.map(({ offset }) => offset)).toEqual([3, 4, 5]);
      expect(batch?.records.map(plain)).toEqual(records.slice(3).map(plain));
      expect(batch?.lastOffset).toBe(5);
    }
  });

  it("takes the broker's time where the topic says so", async () => {
    const written = await writeBatch(records.slice(0, 2), identity, codecs.none);
    written.writeInt16BE(0b1000, 21);
    const [batch] = await readBatches(written, place, decompress);
    expect(batch?.records.map(({ timestampMs }) => timestampMs)).toEqual([1_790_000_000_001, 1_790_000_000_001]);
  });

  it("of a format before Kafka 0.11 is an error that says so", async () => {
    const written = await writeBatch(records.slice(0, 1), identity, codecs.none);
    written.writeInt8(1, 16);
    await expect(readBatches(written, place, decompress)).rejects.toThrow("format 1, from before Kafka 0.11");
  });
});
