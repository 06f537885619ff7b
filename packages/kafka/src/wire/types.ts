import { brokerError } from "./broker-error.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import type { OwnRequest, RequestKind } from "./request.js";

/** How a value lies in a request or an answer of the older protocol. */
export interface Type<Value> {
  bytes(value: Value): number;
  write(writer: ByteWriter, value: Value): void;
  read(reader: ByteReader): Value;
}

/** Of types, which are not named here: the compiler would take each for one of all values. */
type Fields = Readonly<Record<string, unknown>>;
type ValueOf<Of> = Of extends { read(reader: ByteReader): infer Value } ? Value : never;
/** The values of fields by their names. */
export type Values<Of extends Fields> = { readonly [Name in keyof Of]: ValueOf<Of[Name]> };

const fixed = <Value>(bytes: number, rest: Omit<Type<Value>, "bytes">): Type<Value> => ({
  bytes: () => bytes,
  ...rest,
});

export const int8 = fixed<number>(1, { write: (writer, value) => writer.int8(value), read: (reader) => reader.int8() });
export const int16 = fixed<number>(2, {
  write: (writer, value) => writer.int16(value),
  read: (reader) => reader.int16(),
});
export const int32 = fixed<number>(4, {
  write: (writer, value) => writer.int32(value),
  read: (reader) => reader.int32(),
});
/** An offset or a time, which numbers hold exactly. */
export const long = fixed<number>(8, {
  write: (writer, value) => writer.int64(BigInt(value)),
  read: (reader) => reader.long(),
});
export const int64 = fixed<bigint>(8, {
  write: (writer, value) => writer.int64(value),
  read: (reader) => reader.int64(),
});
export const flag = fixed<boolean>(1, {
  write: (writer, value) => writer.int8(value ? 1 : 0),
  read: (reader) => reader.int8() !== 0,
});
/** Of an answer alone. */
export const error = fixed<Error | null>(2, {
  write: (writer) => writer.int16(0),
  read: (reader) => brokerError(reader.int16()),
});

export const nullableText: Type<string | null> = {
  bytes: (value) => 2 + (value === null ? 0 : Buffer.byteLength(value)),
  write: (writer, value) => (value === null ? writer.int16(-1) : writer.text16(value)),
  read: (reader) => reader.text16(),
};
export const text: Type<string> = { ...nullableText, read: (reader) => reader.text16() ?? "" };

/** Bytes with their length before them; none are read as none at all. */
export const blob: Type<Buffer> = {
  bytes: (value) => 4 + value.length,
  write(writer, value) {
    writer.int32(value.length);
    writer.bytes(value);
  },
  read: (reader) => reader.view(Math.max(reader.int32(), 0)),
};

export const list = <Row>(row: Type<Row>): Type<readonly Row[]> => ({
  bytes: (rows) => rows.reduce((sum, value) => sum + row.bytes(value), 4),
  write(writer, rows) {
    writer.int32(rows.length);
    for (const value of rows) row.write(writer, value);
  },
  read: (reader) => reader.rows(() => row.read(reader)),
});

/** As {@link list}; null stands for all that there are. */
export const nullableList = <Row>(row: Type<Row>): Type<readonly Row[] | null> => ({
  ...list(row),
  bytes: (rows) => (rows === null ? 4 : list(row).bytes(rows)),
  write: (writer, rows) => (rows === null ? writer.int32(-1) : list(row).write(writer, rows)),
});

/** Fields one after the other, in the order in which they are given. */
export function fields<const Of extends Fields>(of: Of): Type<Values<Of>> {
  const each = Object.entries(of) as unknown as readonly (readonly [keyof Of & string, Type<unknown>])[];
  return {
    bytes: (value) => each.reduce((sum, [name, type]) => sum + type.bytes(value[name]), 0),
    write(writer, value) {
      for (const [name, type] of each) type.write(writer, value[name]);
    },
    read: (reader) => Object.fromEntries(each.map(([name, type]) => [name, type.read(reader)])) as Values<Of>,
  };
}

/** The bytes of a value. */
export function bytesOf<Value>(type: Type<Value>, value: Value): Buffer {
  const writer = new ByteWriter(type.bytes(value));
  type.write(writer, value);
  return writer.buffer;
}

/** What an answer may have that is about all of it. */
interface Whole {
  readonly throttleMs?: number;
  readonly error?: Error | null;
}

/** A kind of request, by what lies in it and in its answer. An error of all of the answer is thrown, with the `answer` beside. */
export const request =
  <Question, Answer extends Whole>(kind: RequestKind, question: Type<Question>, answer: Type<Answer>) =>
  (value: Question): OwnRequest<Answer> => ({
    ...kind,
    encode: () => [bytesOf(question, value)],
    decode(bytes) {
      const found = answer.read(new ByteReader(bytes));
      if (found.error) throw Object.assign(found.error, { answer: found });
      return { answer: found, throttleMs: found.throttleMs ?? 0 };
    },
  });

/** A row of an answer, with its error, and the broker's words about it. */
interface Answering {
  readonly error: Error | null;
  readonly reason?: string | null;
}

/** Throws the first error of an answer's rows, with the row beside. */
export function refuseFailed<Row extends Answering>(rows: readonly Row[]): void {
  const failed = rows.find((row) => row.error !== null);
  if (!failed?.error) return;
  const { error: found, reason, ...row } = failed;
  const message = reason ? `${found.message}: ${reason}` : found.message;
  throw Object.assign(found, { ...row, message });
}
