const two32 = 2 ** 32;

/** Kafka's variable-length numbers take seven bits a byte, with the sign in the lowest bit. */
const zigZag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** Bytes that a variable-length number takes. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = zigZag(value); rest >= 128; rest /= 128) bytes += 1;
  return bytes;
}

/** Bytes that a variable-length field takes, with its length before it; null is the length -1. */
export const fieldBytes = (length: number | null): number => (length === null ? 1 : varintBytes(length) + length);

/**
 * Writes Kafka's numbers and texts one after the other, into a buffer of the right size: no write checks for room.
 *
 * Invariant: everything before `at` is written.
 */
export class ByteWriter {
  readonly buffer: Buffer;
  at = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  int8(value: number): void {
    this.buffer[this.at++] = value;
  }

  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  uint32(value: number): void {
    this.at = this.buffer.writeUInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.at = this.buffer.writeBigInt64BE(value, this.at);
  }

  /** A length or a count of the newer protocol: without a sign. */
  uvarint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest >>>= 7) this.buffer[this.at++] = (rest & 127) | 128;
    this.buffer[this.at++] = rest;
  }

  /** As {@link text16}, in the newer protocol. */
  compactText(text: string): void {
    this.uvarint(Buffer.byteLength(text) + 1);
    this.at += this.buffer.write(text, this.at, "utf8");
  }

  /** How many rows follow, in the newer protocol. */
  compactCount(rows: number): void {
    this.uvarint(rows + 1);
  }

  /** An id of sixteen bytes, from its hex digits. */
  uuid(hex: string): void {
    this.at += this.buffer.write(hex, this.at, "hex");
  }

  /** No further fields, in the newer protocol. */
  noTags(): void {
    this.uvarint(0);
  }

  /** What was written: for sizes that were not known exactly. */
  written(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  varint(value: number): void {
    let rest = zigZag(value);
    // Beyond 32 bits only division is exact.
    for (; rest >= two32; rest = Math.floor(rest / 128)) this.buffer[this.at++] = (rest % 128) | 128;
    for (rest >>>= 0; rest >= 128; rest >>>= 7) this.buffer[this.at++] = (rest & 127) | 128;
    this.buffer[this.at++] = rest;
  }

  /** With its length before it; null is the length -1. */
  field(bytes: Uint8Array | null): void {
    this.varint(bytes === null ? -1 : bytes.length);
    if (bytes !== null) this.bytes(bytes);
  }

  /** Text of so many bytes, with its length before it. */
  text(text: string, length: number): void {
    this.varint(length);
    this.at += this.buffer.write(text, this.at, length, "utf8");
  }

  /** Text with its length in two bytes before it. */
  text16(text: string): void {
    this.int16(Buffer.byteLength(text));
    this.at += this.buffer.write(text, this.at, "utf8");
  }

  bytes(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }
}
