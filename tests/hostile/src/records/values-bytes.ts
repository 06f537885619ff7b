import fc from "fast-check";
import type { Event } from "./event.js";
import type { Part } from "./part.js";
import { badValue, oddValue, type Value } from "./value.js";

const readings = ["record_not_json", "record_malformed", "payload_invalid"] as const;

const tokens = ["null", "true", "0", "-0", '"text"', "[]", "{}", "[{}]", "1e999", '{"specversion":"1.0"}'] as const;
const almost = [
  "NaN",
  "undefined",
  "{'a':1}",
  "{a:1}",
  "[1,]",
  "01",
  '"\t"',
  "\u00a0{}",
  "{}{}",
  "//\n{}",
  '{"a":1',
] as const;

/** Values that are wrong before anything in them is an event. */
export function byteFaults(event: Event): fc.Arbitrary<Part<Value>> {
  const text = JSON.stringify(event);
  const bytes = Buffer.from(text);
  const withByte = (at: number, byte: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)]);
  return fc.oneof(
    fc.constant(badValue("a tombstone", null, "record_null")),
    fc.constant(badValue("an empty value", "", "record_not_json")),
    fc
      .integer({ min: 1, max: bytes.length - 1 })
      .map((at) => badValue(`JSON cut at ${at}`, bytes.subarray(0, at), "record_not_json")),
    fc
      .integer({ min: 0, max: bytes.length })
      .map((at) => badValue("a byte that no UTF-8 has", withByte(at, 0xff), "record_not_json")),
    fc.uint8Array({ minLength: 4, maxLength: 3000 }).map((some) => badValue("any bytes", Buffer.from(some), readings)),
    fc.string({ unit: "binary", maxLength: 200 }).map((some) => badValue("any text", some, readings)),
    fc.json().map((some) => badValue("any JSON", some, readings)),
    fc.constantFrom(...tokens).map((token) => badValue(`the JSON ${token}`, token, "payload_invalid")),
    fc.constantFrom(...almost).map((token) => badValue(`what is almost JSON: ${token}`, token, "record_not_json")),
    fc.constant(badValue("UTF-16", Buffer.from(text, "utf16le"), "record_not_json")),
    fc.constant(badValue("two byte order marks", `\uFEFF\uFEFF${text}`, "record_not_json")),
    fc.constant(badValue("an event and more behind it", `${text}]`, "record_not_json")),
    fc.constant(badValue("a schema registry's frame", Buffer.concat([Buffer.alloc(5), bytes]), "record_not_json")),
    fc
      .constantFrom(20_000, 400_000)
      .map((levels) => badValue(`${levels} open brackets`, "[".repeat(levels), "record_not_json")),
    fc.constant(oddValue("a byte order mark", `\uFEFF${text}`)),
    fc.constant(oddValue("blanks around it", ` \r\n\t${text}\n`)),
    fc.constant(oddValue("every character escaped", escaped(text))),
  );
}

/** The same JSON with its letters written as numbers. */
const escaped = (text: string) =>
  text.replaceAll(/[a-z]/g, (letter, at: number) =>
    // Not those of `true`, `false` and `null`.
    isInString(text, at) ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}` : letter,
  );

const isInString = (text: string, at: number) =>
  (text.slice(0, at).replaceAll(/\\./g, "").split('"').length - 1) % 2 === 1 && text[at - 1] !== "\\";
