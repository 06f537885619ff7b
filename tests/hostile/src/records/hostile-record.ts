import type { ErrorCode } from "@keyline/runtime";
import { partitionOf } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";
import fc from "fast-check";
import { type Event, type Placed, validEvents, validOutputs } from "./event.js";
import { anyHeaders } from "./headers.js";
import { anyKey } from "./keys.js";
import type { Part } from "./part.js";
import { byteFaults } from "./values-bytes.js";
import { eventFaults } from "./values-events.js";
import { wrappings } from "./values-wrappings.js";

/** A record as a hostile or broken producer writes it, and what must become of it. */
export interface HostileRecord {
  /** For people: what is wrong with it. */
  readonly what: string;
  /** Whom it claims to be about. */
  readonly student: number;
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
  /** For one of these reasons it must be refused; none where it is an event, however odd. */
  readonly codes: readonly ErrorCode[];
}

/** The students that hostile records are about, for whom nothing is promised: far above those of a class. */
export const firstHostileStudent = 1_000_000;
const hostileStudents = 40;
const partitions = 12;

export const isHostile = (student: number): boolean => student >= firstHostileStudent;

const samples = [...validEvents(20, 400), ...Array.from({ length: 40 }, validOutputs).flat()];

/** Any hostile record. Those about a student of `victims` are none that may be handled. */
export function hostileRecords(victims: readonly number[]): fc.Arbitrary<HostileRecord> {
  const hostile = fc.nat(hostileStudents - 1).chain((n) => recordsOf(firstHostileStudent + n));
  if (victims.length === 0) return hostile;
  const forged = fc
    .constantFrom(...victims)
    .chain(recordsOf)
    .filter(({ codes }) => codes.length > 0);
  return fc.oneof({ weight: 3, arbitrary: hostile }, { weight: 1, arbitrary: forged });
}

function recordsOf(student: number): fc.Arbitrary<HostileRecord> {
  return fc.constantFrom(...samples).chain((sample) => recordsLike(sample, student));
}

function recordsLike({ topic, event: sample }: Placed, student: number): fc.Arbitrary<HostileRecord> {
  return fc.uuid().chain((event_id) => {
    const event: Event = { ...sample, student_id: student, event_id };
    const values = fc.oneof(byteFaults(event), eventFaults(event), wrappings(event));
    const stray = fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.nat(partitions - 1) },
    );
    return fc.tuple(anyKey(student), values, anyHeaders, stray).map(([key, value, headers, partition]) => ({
      what: [key.what, value.what, headers.what, ...(partition === null ? [] : ["on any partition"])].join("; "),
      student,
      topic: topics[topic].address,
      partition: partition ?? partitionOf("fnv1a", key.made ?? Buffer.of(), partitions),
      key: key.made,
      value: value.made.bytes,
      // Those that say what the value is come last: they count.
      headers: [...headers.made, ...value.made.headers],
      codes: codesOf(key, value),
    }));
  });
}

/** A key that is too long counts first, then what the value is, then whether the key is the value's. */
const codesOf = (key: Part<unknown>, value: Part<unknown>) =>
  key.codes.includes("key_invalid") || value.codes.length === 0 ? key.codes : value.codes;

/** So many hostile records, the same for a seed. */
export const drawRecords = (seed: number, count: number, victims: readonly number[] = []): readonly HostileRecord[] =>
  fc.sample(hostileRecords(victims), { seed, numRuns: count });
