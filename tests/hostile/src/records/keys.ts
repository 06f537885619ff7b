import fc from "fast-check";
import { type Part, refused, taken } from "./part.js";

type Key = Part<Buffer | null>;

/** A key longer than the domain allows is refused before anything else is looked at. */
const long = (bytes: Buffer): Key => refused(`key of ${bytes.length} bytes`, bytes, "key_invalid");

const other = (what: string, text: string | Buffer): Key =>
  refused(`key ${what}`, Buffer.from(text as string), "key_mismatch");

const bytesOf = (size: fc.Arbitrary<number>, byte: fc.Arbitrary<number>) =>
  size.chain((length) =>
    fc.array(byte, { minLength: 8, maxLength: 8 }).map((some) => Buffer.alloc(length, Buffer.from(some))),
  );

const spellings = (student: number): readonly Key[] => [
  other("with a zero before it", `0${student}`),
  other("with a plus before it", `+${student}`),
  other("as a decimal", `${student}.0`),
  other("with an exponent", `${student}e0`),
  other("in quotes", `"${student}"`),
  other("with a blank behind it", `${student} `),
  other("with a NUL behind it", `${student}\u0000`),
  other("with a byte order mark", `\uFEFF${student}`),
  other(
    "in full-width digits",
    String(student).replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  ),
  other("in UTF-16", Buffer.from(String(student), "utf16le")),
  other("as four bytes", Buffer.from([0, 0, student >> 8, student & 255])),
  other("of another student", String(student + 1)),
  other("that is a sign", "-1"),
  other("as a lane's row was named", "\u0000lane 0"),
  other("as a word", "__proto__"),
  other("as JSON", JSON.stringify({ student_id: student })),
];

const invalidUtf8: readonly Key[] = [
  other("that is not UTF-8", Buffer.from([0xc3, 0x28, 0xff, 0xfe])),
  other("with a lone surrogate", Buffer.from([0xed, 0xa0, 0x80])),
  other("cut within a character", Buffer.from([0x31, 0xe2, 0x82])),
  other("of replacement characters", Buffer.from("\uFFFD\uFFFD")),
];

/** The key of a student's record, right or wrong. */
export function anyKey(student: number): fc.Arbitrary<Key> {
  const right = fc.constant(taken<Buffer | null>("right key", Buffer.from(String(student))));
  const lengths = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1025, max: 4000 }) },
    { weight: 1, arbitrary: fc.constantFrom(2705, 8192, 65_536, 300_000) },
  );
  return fc.oneof(
    { weight: 10, arbitrary: right },
    { weight: 1, arbitrary: fc.constant(refused("no key", null, "key_missing")) },
    { weight: 1, arbitrary: fc.constant(other("that is empty", "")) },
    { weight: 3, arbitrary: fc.constantFrom(...spellings(student)) },
    { weight: 2, arbitrary: fc.constantFrom(...invalidUtf8) },
    { weight: 2, arbitrary: bytesOf(lengths, fc.integer({ min: 33, max: 122 })).map(long) },
    { weight: 1, arbitrary: bytesOf(lengths, fc.integer({ min: 128, max: 255 })).map(long) },
    {
      weight: 1,
      arbitrary: fc
        .uint8Array({ minLength: 1, maxLength: 64 })
        .map((some) => other("of any bytes", Buffer.from([0xff, ...some]))),
    },
  );
}
