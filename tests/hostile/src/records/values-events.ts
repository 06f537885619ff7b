import fc from "fast-check";
import type { Event } from "./event.js";
import type { Part } from "./part.js";
import { badValue, oddValue, type Value } from "./value.js";

const wrong: { readonly [Field in keyof Event]?: readonly unknown[] } = {
  event_id: [null, 7, {}, "not a uuid", "", "0".repeat(36)],
  correlation_id: [null, 7, [], {}, "not a uuid", ""],
  student_id: [null, "7", 0, -1, 1.5, 2 ** 53, 1e300, [7], {}, true],
  timestamp: [
    null,
    0,
    "yesterday",
    "2026-13-01T00:00:00Z",
    "2026-01-01T00:00:00+02:00",
    `2026-01-01T00:00:00.${"0".repeat(50_000)}+Z`,
  ],
  payload: [null, [], "{}", 3],
};

const required = ["correlation_id", "student_id", "event_type", "timestamp", "payload"] as const;

/** Names that mean something to an object of JavaScript. */
const innate = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "toJSON",
  "valueOf",
] as const;

const texts = fc.oneof(
  fc.constantFrom(
    "\u0000",
    "\ud800",
    "\udc00\ud800",
    "\u202e\u2066",
    "\u001b[31m\r\n",
    "\u2028\u2029",
    "'; drop table keyline.states; --",
    "$1",
    "\\u0000",
    "\uFFFF",
    "%s%n",
  ),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.constantFrom(1000, 5000, 10_000, 20_000, 50_000, 850_000).map((length) => "x".repeat(length)),
);

const levelsOf = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

/** An event with one more field in its payload, given as JSON. */
const withField = ({ payload, ...event }: Event, name: string, json: string) => {
  const inside = JSON.stringify(payload).slice(1);
  const field = `{${JSON.stringify(name)}:${json}${inside === "}" ? "" : ","}`;
  return `${JSON.stringify(event).slice(0, -1)},"payload":${field}${inside}}`;
};

function badEvents(event: Event): fc.Arbitrary<Part<Value>> {
  const wrongField = fc
    .constantFrom(...(Object.entries(wrong) as [keyof Event, readonly unknown[]][]))
    .chain(([name, values]) => fc.constantFrom(...values).map((value) => ({ name, value })))
    .map(({ name, value }) =>
      badValue(`a wrong ${name}`, JSON.stringify({ ...event, [name]: value }), "payload_invalid"),
    );
  return fc.oneof(
    { weight: 4, arbitrary: wrongField },
    fc.constantFrom(...required).map((name) => {
      const { [name]: _, ...rest } = event;
      return badValue(`no ${name}`, JSON.stringify(rest), "payload_invalid");
    }),
    fc
      .constantFrom(null, 3, {}, [])
      .map((type) =>
        badValue("a type that is not text", JSON.stringify({ ...event, event_type: type }), "payload_invalid"),
      ),
    fc.constant(
      badValue("another topic's type", JSON.stringify({ ...event, event_type: "else.where" }), "event_type_mismatch"),
    ),
    fc.constant(badValue("all of it under __proto__", `{"__proto__":${JSON.stringify(event)}}`, "payload_invalid")),
    fc.constant(badValue("an event in an array", JSON.stringify([event]), "payload_invalid")),
    fc
      .constantFrom(501, 6000, 100_000)
      .map((levels) => badValue(`${levels} levels`, withField(event, "deep", levelsOf(levels)), "payload_invalid")),
    fc.constant(
      badValue(
        "another student in a second field of the name",
        `${JSON.stringify(event).slice(0, -1)},"student_id":${event.student_id + 2}}`,
        ["key_mismatch", "key_missing"],
      ),
    ),
  );
}

function oddEvents(event: Event): fc.Arbitrary<Part<Value>> {
  const numbers = [
    "9007199254740993",
    "-9007199254740993",
    "1e308",
    "1e999",
    "1e-999",
    "-0",
    "0.1000000000000000055",
    "1".repeat(400),
  ];
  return fc.oneof(
    fc.constant(oddValue("nothing odd", JSON.stringify(event))),
    fc.constantFrom(...innate).map((name) => oddValue(`a field ${name}`, withField(event, name, '{"polluted":true}'))),
    fc
      .constantFrom(...numbers)
      .map((number) => oddValue(`the number ${number.slice(0, 30)}`, withField(event, "number", number))),
    texts.map((text) =>
      oddValue(`a text of ${text.length} characters`, withField(event, "text", JSON.stringify(text))),
    ),
    fc
      .constantFrom("\\ud800", "\\u0000", "\\udfff\\ud800")
      .map((code) => oddValue(`the escape ${code}`, withField(event, "text", `"${code}"`))),
    fc
      .constantFrom(400, 495, 497)
      .map((levels) => oddValue(`${levels} levels`, withField(event, "deep", levelsOf(levels)))),
    fc
      .constantFrom(100, 1000, 2000, 20_000)
      .map((count) => oddValue(`${count} fields`, withField(event, "many", fields(count)))),
    fc.constant(oddValue("the student twice, the last right", `{"student_id":"x",${JSON.stringify(event).slice(1)}`)),
    fc.constant(oddValue("no id", JSON.stringify({ ...event, event_id: undefined }))),
    fc.json().map((some) => oddValue("any JSON in a field", withField(event, "any", some))),
  );
}

const fields = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, n])));

/** Values that are JSON, and events or not. */
export const eventFaults = (event: Event): fc.Arbitrary<Part<Value>> => fc.oneof(badEvents(event), oddEvents(event));
