import type { ProducerRecord } from "@keyline/runtime/transport";
import { ByteWriter, fieldBytes, varintBytes } from "./byte-writer.js";
import { crc32c } from "./crc32c.js";

/** What brokers know a batch by, if it comes twice. */
export interface BatchIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** The place of the batch's first record among all of this producer and partition. */
  readonly sequence: number;
}

/** How a batch's records are made smaller: Kafka's number of the way, and the way; number 0 leaves them as they are. */
export interface Compression {
  readonly type: number;
  compress(records: Buffer): Promise<Buffer> | Buffer;
}

/** Up to where the checksum begins: base offset, length, leader's epoch, format, checksum. */
const beforeChecked = 8 + 4 + 4 + 1 + 4;
/** From there to the records: attributes, last offset, two times, identity, count. */
const beforeRecords = beforeChecked + 2 + 4 + 8 + 8 + 8 + 2 + 4 + 4;
const format = 2;

/**
 * A batch as it lies on the log (KIP-98, format 2). kafkajs takes half a kilobyte of memory for each record and for each
 * header, and copies them five times; here sizes are counted first, and everything is written once.
 */
export async function writeBatch(
  records: readonly ProducerRecord[],
  identity: BatchIdentity,
  compression: Compression,
): Promise<Buffer> {
  const firstMs = records[0]?.timestampMs ?? 0;
  const sizes = records.map((record, index) => recordBytes(record, index, firstMs));
  const whole = sizes.reduce((sum, size) => sum + varintBytes(size) + size, 0);
  const plain = compression.type === 0;
  const writer = new ByteWriter(whole + (plain ? beforeRecords : 0));
  if (plain) writer.at = beforeRecords;
  records.forEach((record, index) => {
    writer.varint(sizes[index] ?? 0);
    writeRecord(writer, record, index, firstMs);
  });
  if (plain) return withHeader(writer, records, identity, compression.type);
  const compressed = await compression.compress(writer.buffer);
  const around = new ByteWriter(beforeRecords + compressed.length);
  around.at = beforeRecords;
  around.bytes(compressed);
  return withHeader(around, records, identity, compression.type);
}

function withHeader(
  writer: ByteWriter,
  records: readonly ProducerRecord[],
  { producerId, producerEpoch, sequence }: BatchIdentity,
  attributes: number,
): Buffer {
  const firstMs = records[0]?.timestampMs ?? 0;
  const lastMs = records.reduce((latest, { timestampMs }) => Math.max(latest, timestampMs), firstMs);
  writer.at = beforeChecked;
  writer.int16(attributes);
  writer.int32(records.length - 1);
  writer.int64(BigInt(firstMs));
  writer.int64(BigInt(lastMs));
  writer.int64(producerId);
  writer.int16(producerEpoch);
  writer.int32(sequence);
  writer.int32(records.length);
  writer.at = 0;
  // The broker sets the base offset and its epoch.
  writer.int64(0n);
  writer.int32(writer.buffer.length - 12);
  writer.int32(0);
  writer.int8(format);
  writer.uint32(crc32c(writer.buffer.subarray(beforeChecked)));
  return writer.buffer;
}

function recordBytes({ key, value, headers, timestampMs }: ProducerRecord, index: number, firstMs: number): number {
  let bytes = 1 + varintBytes(timestampMs - firstMs) + varintBytes(index) + varintBytes(headers.length);
  bytes += fieldBytes(key?.length ?? null) + fieldBytes(value?.length ?? null);
  for (const [name, content] of headers) bytes += fieldBytes(Buffer.byteLength(name)) + fieldBytes(content.length);
  return bytes;
}

function writeRecord(writer: ByteWriter, record: ProducerRecord, index: number, firstMs: number): void {
  writer.int8(0);
  writer.varint(record.timestampMs - firstMs);
  writer.varint(index);
  writer.field(record.key);
  writer.field(record.value);
  writer.varint(record.headers.length);
  for (const [name, content] of record.headers) {
    writer.text(name, Buffer.byteLength(name));
    writer.field(content);
  }
}
