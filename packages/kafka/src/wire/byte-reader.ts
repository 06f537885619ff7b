/**
 * Reads Kafka's numbers and texts one after the other. Throws a `RangeError` where the bytes end too early.
 *
 * Invariant: everything before `at` is read.
 */
export class ByteReader {
  readonly buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer;
    this.at = at;
  }

  get rest(): number {
    return this.buffer.length - this.at;
  }

  int8(): number {
    return this.buffer.readInt8(this.skip(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.skip(4));
  }

  int64(): bigint {
    return this.buffer.readBigInt64BE(this.skip(8));
  }

  /** An offset or a time, which numbers hold exactly. */
  long(): number {
    return Number(this.int64());
  }

  /** A length or a count of the newer protocol: without a sign. */
  uvarint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.buffer.readUInt8(this.skip(1));
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  varint(): number {
    const first = this.buffer[this.at];
    if (first !== undefined && first < 128) {
      this.at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.buffer[this.at];
      if (byte === undefined) throw new RangeError("the bytes end within a number");
      this.at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /**
   * A field with its length before it, in memory of its own; null for the length -1. A view would keep all that a fetch
   * brought in memory for as long as one record of it waits.
   */
  field(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const from = this.skip(length);
    const bytes = Buffer.allocUnsafe(length);
    this.buffer.copy(bytes, 0, from, this.at);
    return bytes;
  }

  /** UTF-8 of so many bytes. */
  text(length: number): string {
    const from = this.skip(length);
    return this.buffer.toString("utf8", from, this.at);
  }

  /** Text with its length in two bytes before it; null for the length -1. */
  text16(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.text(length);
  }

  /** As {@link text16}, in the newer protocol. */
  compactText(): string | null {
    const length = this.uvarint() - 1;
    return length < 0 ? null : this.text(length);
  }

  /** An id of sixteen bytes, as hex digits. */
  uuid(): string {
    return this.view(16).toString("hex");
  }

  /** Goes on behind fields of the newer protocol that are not asked for. */
  skipTags(): void {
    for (let left = this.uvarint(); left > 0; left -= 1) {
      this.uvarint();
      this.skip(this.uvarint());
    }
  }

  /** Goes on behind the same bytes as those from `from` to `to`; stays where it is, and says so, before others. */
  skipSame(from: number, to: number): boolean {
    const { buffer, at } = this;
    if (at + to - from > buffer.length) return false;
    for (let index = to - from - 1; index >= 0; index -= 1)
      if (buffer[from + index] !== buffer[at + index]) return false;
    this.at = at + to - from;
    return true;
  }

  view(length: number): Buffer {
    const from = this.skip(length);
    return this.buffer.subarray(from, this.at);
  }

  /** Rows with their count before them; a count of -1 is none. */
  rows<Row>(read: () => Row): Row[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  /** As {@link rows}, in the newer protocol, in which fields may follow each row. */
  compactRows<Row>(read: () => Row): Row[] {
    return Array.from({ length: Math.max(0, this.uvarint() - 1) }, () => {
      const row = read();
      this.skipTags();
      return row;
    });
  }

  /** Goes on behind so many bytes, and says where they began. */
  skip(length: number): number {
    const from = this.at;
    if (length < 0 || from + length > this.buffer.length) throw new RangeError("the bytes end too early");
    this.at = from + length;
    return from;
  }
}
