import { topics } from "@student-events/events";
import fc from "fast-check";
import { type Part, taken } from "./part.js";

type Header = readonly [name: string, value: Uint8Array];
type Headers = Part<readonly Header[]>;

/** Every name that docs/wire.md has, and some that it does not. */
const names = [
  "keyline-message",
  "keyline-after",
  "keyline-cluster",
  "keyline-seq",
  "keyline-error-code",
  "keyline-error-message",
  "keyline-error-group",
  "keyline-error-topic",
  "keyline-error-partition",
  "keyline-error-offset",
  "keyline-error-attempts",
  "keyline-error-first-at",
  "keyline-error-last-at",
  "keyline-error-value",
  "keyline-error-value-bytes",
  "keyline-redelivery",
  "keyline-settled",
  "keyline-unknown",
  "KEYLINE-SEQ",
  "keyline-",
  "traceparent",
  "partitionKey",
  "__key",
  "__proto__",
  "constructor",
  "",
] as const;

const addresses = Object.values(topics).map(({ address }) => address);

const text = (what: string, made: fc.Arbitrary<string>) => made.map((value) => ({ what, value: Buffer.from(value) }));

const offsets = fc.oneof(
  fc.nat(1000).map(String),
  fc.constantFrom("9007199254740991", "9007199254740992", "-1", "007", "1e3", "", "99999999999999999999"),
);

/** Positions, right in form or not, as `keyline-after` has them. */
const position = fc
  .tuple(
    fc.oneof(fc.constantFrom(...addresses), fc.constantFrom("elsewhere", "..", "")),
    fc.integer({ min: -1, max: 12 }),
    offsets,
  )
  .map(([topic, partition, offset]) => `${topic}/${partition}@${offset}`);

const scopes = fc.oneof(
  fc.constantFrom("progress", "struggle", "teacher", "progress@3", "outbox@outbox", "a#b", "#", "x".repeat(300)),
  fc.string({ maxLength: 20 }),
);

const numbers = fc.constantFrom("1", "0", "-1", "999999999999999", "1000000000000000", "1.5", "", "NaN");

/** Values with a meaning, each under the names that have one, and under any other. */
const values = fc.oneof(
  text(
    "positions",
    fc.array(position, { minLength: 1, maxLength: 12 }).map((some) => some.join(", ")),
  ),
  text(
    "a thousand positions",
    fc.constant(Array.from({ length: 1000 }, (_, n) => `${addresses[n % 11]}/${n % 12}@${n}`).join(",")),
  ),
  text(
    "a sequence",
    fc.tuple(scopes, numbers).map(([scope, number]) => `${scope}#${number}`),
  ),
  text("an error's code", fc.constantFrom("payload_invalid", "handler_failed", "no_such_code")),
  text("a group", fc.constantFrom("progress", "struggle", "hostile", "")),
  text("control characters", fc.constant("\u001b[2J\r\nok: all is well\u202e\u2028\u0000")),
  text(
    "a trace",
    fc.constantFrom("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0-0-0", "0".repeat(600)),
  ),
  text("a number", fc.constantFrom("0", "-1", "2147483648", "9007199254740993", "1e999")),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => ({ what: "any bytes", value: Buffer.from(bytes) })),
  fc.constantFrom(0, 5000, 100_000).map((length) => ({ what: `${length} bytes`, value: Buffer.alloc(length, "k") })),
);

const one = fc
  .tuple(fc.constantFrom(...names), values)
  .map(([name, { what, value }]): Headers => taken(`header ${JSON.stringify(name)} of ${what}`, [[name, value]]));

/** Those under which readers look for something, with what they look for. */
const likely = fc.oneof(
  fc
    .array(position, { minLength: 1, maxLength: 4 })
    .map((some): Headers => taken("forged keyline-after", [["keyline-after", Buffer.from(some.join(","))]])),
  fc
    .tuple(scopes, numbers)
    .map(
      ([scope, number]): Headers => taken("forged keyline-seq", [["keyline-seq", Buffer.from(`${scope}#${number}`)]]),
    ),
);

const repeated = fc
  .tuple(one, fc.integer({ min: 2, max: 300 }))
  .map(
    ([{ what, made }, times]): Headers =>
      taken(
        `${times} times ${what}`,
        made[0] && made[0][1].length < 1000 ? Array.from({ length: times }, () => made).flat() : made,
      ),
  );

const several = fc.array(one, { minLength: 2, maxLength: 20 }).map(
  (some): Headers =>
    taken(
      some.map(({ what }) => what).join(", "),
      some.flatMap(({ made }) => made),
    ),
);

/** Headers that change nothing about whether a record is an event. */
export const anyHeaders: fc.Arbitrary<Headers> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(taken<readonly Header[]>("no headers", [])) },
  { weight: 3, arbitrary: likely },
  { weight: 3, arbitrary: one },
  { weight: 1, arbitrary: repeated },
  { weight: 1, arbitrary: several },
);
