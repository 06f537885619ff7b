import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "@keyline/contract";
import { diffRules } from "@keyline/contract-diff";
import { clusterKinds, type Refusal, recordKinds } from "@keyline/proof";
import { errorCodes, type Hooks } from "@keyline/runtime";
import type { DecodeWarning } from "@keyline/runtime/tools";
import { expect, test } from "vitest";
import { doctorChecks } from "../src/doctor/check-result.js";
import { traceMarks } from "../src/trace/history.js";

type ReasonOf<Name extends "causeIgnored" | "ignored" | "sequenceIgnored"> = Parameters<
  NonNullable<Hooks[Name]>
>[0]["reason"];

const causeReasons = {
  ...{ absent: true, partition: true, cluster: true, domain: true, not_read: true, malformed: true, missing: true },
} satisfies Record<ReasonOf<"causeIgnored">, true>;

const ignoreReasons = {
  ...{ duplicate_id: true, id_reused: true, applied_offset: true, applied_sequence: true },
  ...{ other_group: true, not_refused: true },
} satisfies Record<ReasonOf<"ignored">, true>;

const sequenceReasons = { number: true, name: true } satisfies Record<ReasonOf<"sequenceIgnored">, true>;

const warnings = {
  ...{ byte_order_mark: true, integer_rounded: true, data_in_string: true, wrapped_twice: true },
  ...{ content_type_not_json: true, event_type_mismatch: true },
  ...{ key_header_differs: true, key_attribute_differs: true },
} satisfies Record<DecodeWarning, true>;

const refusals = {
  ...{ applied: true, "not-unpacked": true, "letter-gone": true, "letters-compacted": true },
  ...{ "source-gone": true, "source-differs": true, "source-compacted": true, "not-in-contract": true },
} satisfies Record<Refusal, true>;

const docs = join(import.meta.dirname, "../../../docs");
const namesIn = (page: string, name: RegExp) =>
  [...readFileSync(join(docs, page), "utf8").matchAll(name)].flatMap(([, found]) => found ?? []);

const prefixed = (prefix: string, ids: object) => Object.keys(ids).map((id) => `${prefix}${id}`);

/** Every id that Keyline prints, stores or counts by, with the name of its table in front where it has none of its own. */
const tables = {
  errors: Object.keys(errorCodes),
  findings: Object.keys({ ...recordKinds, ...clusterKinds }),
  rules: rules.map(({ id }) => id),
  changes: diffRules.map(({ id }) => id),
  checks: Object.keys(doctorChecks),
  marks: Object.keys(traceMarks),
  causes: prefixed("cause_", causeReasons),
  ignored: Object.keys(ignoreReasons),
  sequences: prefixed("sequence_", sequenceReasons),
  warnings: Object.keys(warnings),
  refusals: Object.keys(refusals),
  metrics: namesIn("operations/metrics.md", /^\| `keyline_(\w+?)(?:_total)?` +\|/gm),
  alerts: namesIn("operations/alerts.md", /^## Keyline(\w+)$/gm).map((name) =>
    name.replaceAll(/(?<=.)[A-Z]/g, "_$&").toLowerCase(),
  ),
};

/** Words with one meaning in an id. */
const synonyms = [
  ["mismatch", "differs", "wrong", "foreign"],
  ["missing", "unknown", "absent", "gone", "unresolved", "undeclared", "lost"],
  ["malformed", "invalid", "unreadable", "broken"],
  ["duplicate", "twice", "reused", "repeated"],
  ["late", "slow", "stalled"],
  ["record", "value", "event", "id"],
  ["payload", "schema"],
];

/** Ids that sound alike and are about different things, with the difference. */
const apart: Readonly<Record<string, string>> = {
  "key-malformed": "the record's key; key_invalid is about the payload's",
  "key-unresolved": "the contract names a key that its messages lack; key_missing is about a record",
  "schema-invalid": "a schema of the contract; payload_invalid is about a payload",
  "address-undeclared": "a parameter of an address; address-missing is a channel without an address",
  id_reused: "one id with two contents; duplicate_id is one event twice",
  cause_absent: "the event names no cause; cause_missing is one that the log lacks",
};

/** The words of an id, without the command that prints it, whatever their order and number. */
const wordsOf = (id: string) =>
  id
    .replace(/^(doctor|trace)-/, "")
    .split(/[-_]/)
    .map((word) => word.replace(/(?<!s)s$/, ""))
    .sort();

const meaningOf = (id: string) =>
  wordsOf(id)
    .map((word) => synonyms.find((list) => list.some((one) => one.replace(/s$/, "") === word))?.[0] ?? word)
    .sort()
    .join(" ");

/** Ids that mean the same in other words. */
function inOtherWords(ids: readonly string[]): readonly (readonly string[])[] {
  const alike = Map.groupBy(
    ids.filter((id) => !(id in apart)),
    meaningOf,
  );
  return [...alike.values()]
    .map((group) => [...new Map(group.map((id) => [wordsOf(id).join(" "), id])).values()])
    .filter(({ length }) => length > 1);
}

test("the same thing has the same words in every table", () => {
  for (const [table, ids] of Object.entries(tables)) expect([table, ids.length]).not.toEqual([table, 0]);
  expect(inOtherWords(Object.values(tables).flat())).toEqual([]);
});

test("ids that sound alike are listed only where they exist", () => {
  const all = new Set<string>(Object.values(tables).flat());
  expect(Object.keys(apart).filter((id) => !all.has(id))).toEqual([]);
});

test("other words for the same thing are seen", () => {
  const pairs = [
    ["key_mismatch", "key-differs"],
    ["wrong_partition", "partition-mismatch"],
    ["record_null", "value-null"],
    ["record_malformed", "value-unreadable"],
    ["payload_invalid", "schema-unreadable"],
    ["event_type_mismatch", "event-type-differs"],
    ["topic_unknown", "topic-missing"],
    ["duplicate_id", "trace-event-duplicate"],
  ];
  for (const pair of pairs) expect(inOtherWords(pair)).toEqual([pair]);
  expect(inOtherWords(["partition_count", "partition-count", "dead-letter", "dead_letters"])).toEqual([]);
});

test("a rule about a contract has no words in common with what is found in a cluster", () => {
  const { rules: aboutContracts, changes, ...others } = tables;
  const found = new Set(
    Object.values(others)
      .flat()
      .map((id) => wordsOf(id).join(" ")),
  );
  expect([...aboutContracts, ...changes].filter((id) => found.has(wordsOf(id).join(" ")))).toEqual([]);
});
