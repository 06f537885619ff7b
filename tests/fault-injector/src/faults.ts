import type { RecordKind } from "@keyline/proof";
import type { Random } from "@keyline/runtime/testing";
import type { ProducerRecord } from "@keyline/runtime/transport";
import { cloudEvent, type StudentEvent } from "./event.js";
import { bytesOf, headersOf, json, structured } from "./record.js";

/** What a good record is made of, and what may be bent in it. */
export interface Material {
  readonly event: StudentEvent;
  readonly source: string;
  readonly key: string;
  readonly atMs: number;
  readonly partitions: number;
  readonly random: Random;
}

type Written = Omit<ProducerRecord, "timestampMs">;

/** A good record: a structured CloudEvent with its key. */
export const good = ({ event, source, key }: Material): Written => ({
  ...{ key: bytesOf(key), value: json(cloudEvent(source, event, { partitionkey: key })) },
  headers: headersOf(structured),
});

/** What no producer in JavaScript can say as a number. */
const withLongInteger = (value: Uint8Array | null): Uint8Array =>
  bytesOf(
    Buffer.from(value ?? [])
      .toString("utf8")
      .replace('"long"', "9007199254740993"),
  );

const withKey = (material: Material, key: Uint8Array | null): Written => ({ ...good(material), key });

/** With headers of Keyline, as Keyline's own producers and the tools that copy their records write them. */
const withCause = (material: Material, after: string): Written => ({
  ...good(material),
  headers: headersOf({ ...structured, "keyline-after": after }),
});

const withEvent = (material: Material, event: unknown): Written => ({
  ...good(material),
  value: json({ ...cloudEvent(material.source, material.event), data: event }),
});

const cut = (bytes: Uint8Array | null) => bytes?.subarray(0, bytes.length - 9) ?? null;

/** No log is ever so long. */
const beyond = 10 ** 12;

/** How a record with one fault of a kind is written; the partition is that of its key, where it has one. */
export const faults = {
  "key-missing": (material) => withKey(material, null),
  "key-malformed": (material) =>
    withKey(material, material.random.pick([bytesOf("None"), bytesOf(""), Uint8Array.of(0xff, 0xfe, 0x31)])),
  "key-not-canonical": (material) =>
    withKey(material, bytesOf(material.random.pick([`0${material.key}`, `${material.key}.0`, ` ${material.key}`]))),
  "key-mismatch": (material) => withKey(material, bytesOf(String(Number(material.key) + 1))),
  "key-attribute-differs": (material) => ({
    ...good(material),
    value: json(cloudEvent(material.source, material.event, { partitionkey: `${material.key}9` })),
  }),
  "key-header-differs": (material) => ({
    ...good(material),
    headers: headersOf({ ...structured, partitionKey: `${material.key}9` }),
  }),
  "cause-missing": (material) => withCause(material, `code.submitted/3@${beyond}`),
  "cause-malformed": (material) => withCause(material, "code.submitted/3"),
  "record-null": (material) => ({ ...good(material), value: null }),
  "record-not-json": (material) => ({ ...good(material), value: cut(good(material).value) }),
  "record-malformed": (material) => ({
    ...good(material),
    value: json({ ...cloudEvent(material.source, material.event), specversion: "0.3" }),
  }),
  "payload-invalid": (material) => withEvent(material, { ...material.event, payload: { module: "alchemy" } }),
  "event-type-mismatch": (material) => withEvent(material, { ...material.event, event_type: "learning.query" }),
  "envelope-nonstandard": (material) => ({
    ...good(material),
    value: json({
      ...cloudEvent(material.source, material.event),
      ...{ datacontenttype: "text/plain", data: JSON.stringify(material.event) },
    }),
  }),
  "integer-rounded": (material) => ({
    ...good(material),
    value: withLongInteger(withEvent(material, { ...material.event, trace: "long" }).value),
  }),
} satisfies Partial<Record<RecordKind, (material: Material) => Written>>;

/** Kinds of fault that are written into single records. */
export type FaultKind = keyof typeof faults;

export const faultKinds = Object.keys(faults) as readonly FaultKind[];
