import { isKeylineError, KeylineError } from "@keyline/runtime";
import type { ConsumerRecord, Headers, StartPosition, TopicPartition } from "@keyline/runtime/transport";
import { UnpackedTooLarge } from "../codecs/too-large.js";
import { ByteReader } from "./byte-reader.js";

/** A batch as it lies on the log. */
export interface LogBatch {
  readonly baseOffset: number;
  /** Of the batch as it was written: compaction takes records away and leaves this. */
  readonly lastOffset: number;
  readonly producerId: bigint;
  readonly transactional: boolean;
  /** Holds a transaction's marker, no record. */
  readonly control: boolean;
  readonly records: readonly ConsumerRecord[];
}

/** Whether a record is read. If not, only its offset and its key are read. */
export type Keep = (key: Uint8Array | null, offset: number) => boolean;

/**
 * Undoes a compression, by Kafka's number of it, of so many records. Null where it is not to be done in this fetch: what comes
 * next is fetched again. Rejects with {@link UnpackedTooLarge} for what is never to be unpacked.
 */
export type Decompress = (type: number, records: Buffer, count: number) => Promise<Buffer | null>;

/** Bytes before a batch's length is known, and up to its format. */
const lengthAt = 8;
const headBytes = lengthAt + 4;
const formatAt = headBytes + 4;
/** Format, and checksum, which TCP makes unnecessary to look at: kafkajs does not either. */
const afterFormat = formatAt + 1 + 4;

/**
 * The batches of what a fetch brought of one partition. A broker cuts the last one off where its limit is reached: what
 * is not whole is left for the next fetch, and so is what `decompress` leaves. Records that `keep` refuses are left out. A batch that is too
 * large to be unpacked has one record, unread, at its last offset. Rejects with a `RangeError` for a format before Kafka
 * 0.11, and for bytes that are not a valid batch; with `codec_missing` where a batch cannot be unpacked here.
 */
export async function readBatches(
  bytes: Buffer,
  partition: TopicPartition,
  decompress: Decompress,
  keep: Keep = () => true,
): Promise<readonly LogBatch[]> {
  const found: LogBatch[] = [];
  for (let at = 0; at + headBytes <= bytes.length; ) {
    const end = at + headBytes + bytes.readInt32BE(at + lengthAt);
    if (end > bytes.length) break;
    const batch = await readBatch(bytes.subarray(at, end), partition, decompress, keep);
    if (!batch) break;
    found.push(batch);
    at = end;
  }
  return found;
}

async function readBatch(
  bytes: Buffer,
  { topic, partition }: TopicPartition,
  decompress: Decompress,
  keep: Keep,
): Promise<LogBatch | null> {
  const format = bytes.readInt8(formatAt);
  if (format !== 2) throw new RangeError(`the log has records of format ${format}, from before Kafka 0.11`);
  const reader = new ByteReader(bytes);
  const baseOffset = reader.long();
  reader.at = afterFormat;
  const attributes = reader.int16();
  const lastOffset = baseOffset + reader.int32();
  const firstMs = reader.long();
  const lastMs = reader.long();
  const producerId = reader.int64();
  // The producer's epoch and the batch's sequence.
  reader.at += 2 + 4;
  const count = reader.int32();
  const compression = attributes & 0b111;
  const control = (attributes & 0b10_0000) !== 0;
  const batch = { baseOffset, lastOffset, producerId, transactional: (attributes & 0b1_0000) !== 0, control };
  const unpacked =
    compression === 0
      ? null
      : await unpack(reader.view(reader.rest), compression, count, decompress).catch((caught: unknown) => {
          throw isKeylineError(caught) ? placed(caught, { topic, partition, offset: baseOffset }) : caught;
        });
  if (unpacked === "later") return null;
  if (unpacked === "never") {
    // At the last offset: a reader that begins within the batch is notified of it too.
    const record = unreadRecord({ topic, partition, offset: lastOffset }, baseOffset, lastMs);
    return { ...batch, records: keep(null, lastOffset) ? [record] : [] };
  }
  const records = unpacked ? new ByteReader(unpacked) : reader;
  // The broker's own time stands for all records, where the topic is configured so.
  const appendMs = attributes & 0b1000 ? lastMs : null;
  const readHeaders = createHeaderReader(records);
  /** Null for one that is left out. */
  const readRecord = (): ConsumerRecord | null => {
    const end = records.varint() + records.at;
    records.at += 1;
    const timestampMs = firstMs + records.varint();
    const offset = baseOffset + records.varint();
    const key = records.field();
    if (!control && !keep(key, offset)) {
      records.at = end;
      return null;
    }
    const value = records.field();
    const headers = readHeaders();
    // A later format may say more.
    records.at = end;
    return { topic, partition, offset, timestampMs: appendMs ?? timestampMs, key, value, headers };
  };
  return { ...batch, records: listOf(count, readRecord) };
}

async function unpack(
  records: Buffer,
  type: number,
  count: number,
  decompress: Decompress,
): Promise<Buffer | "later" | "never"> {
  try {
    return (await decompress(type, records, count)) ?? "later";
  } catch (caught) {
    if (caught instanceof UnpackedTooLarge) return "never";
    throw caught;
  }
}

/** The error with the place of the batch that it is about. */
function placed(error: KeylineError, { topic, partition, offset }: StartPosition): KeylineError {
  const { code, rawMessage, retryable } = error;
  return new KeylineError(code, `cannot read ${topic}/${partition} from ${offset}: ${rawMessage}`, {
    ...{ cause: error, retryable },
  });
}

/** Stands for all records of a batch: none of them can be read. */
function unreadRecord(place: TopicPartition & { readonly offset: number }, from: number, timestampMs: number) {
  const { topic, partition, offset } = place;
  const unread = `the batch of ${topic}/${partition} with the offsets ${from} to ${offset} unpacks to more than maxUnpackedBytes allows`;
  return { ...place, key: null, value: null, headers: [], timestampMs, unread };
}

function listOf<Row>(count: number, next: () => Row | null): Row[] {
  const rows: Row[] = [];
  for (let index = 0; index < count; index += 1) {
    const row = next();
    if (row !== null) rows.push(row);
  }
  return rows;
}

const noBytes = new Uint8Array();

/** A header where it was read, so that the same bytes again need not be read again. */
interface SeenHeader {
  readonly from: number;
  readonly to: number;
  readonly header: Headers[number];
}

/**
 * Reads the headers of a batch's records. Most have the same name and value as those of the record before, and are then
 * the same objects: a view of memory for each takes as long as all else of a record together.
 *
 * Invariant: `before` are the headers of the record that was read last.
 */
function createHeaderReader(reader: ByteReader): () => Headers {
  let before: readonly SeenHeader[] = [];
  const read = (seen: SeenHeader | undefined): SeenHeader => {
    const from = reader.at;
    if (seen && reader.skipSame(seen.from, seen.to)) return { from, to: reader.at, header: seen.header };
    const name = reader.text(reader.varint());
    const header = [name, reader.field() ?? noBytes] as const;
    return { from, to: reader.at, header };
  };
  return () => {
    const count = reader.varint();
    if (count === 0) return [];
    const seen: SeenHeader[] = [];
    const headers: Headers[number][] = [];
    for (let index = 0; index < count; index += 1) {
      const found = read(before[index]);
      seen.push(found);
      headers.push(found.header);
    }
    before = seen;
    return headers;
  };
}
