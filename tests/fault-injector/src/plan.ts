import { createRandom, type Random } from "@keyline/runtime/testing";
import { type Placement, placements } from "@keyline/runtime/tools";
import { studentEvent, topicNames } from "./event.js";
import { faultKinds, faults, good, type Material } from "./faults.js";
import { anyGood } from "./good.js";
import { bytesOf, laneOf, type PlannedRecord } from "./record.js";

/** Which mixture is written. */
export interface MixtureOptions {
  readonly seed: number;
  readonly records: number;
  /** Of each kind of fault, as a share of all records; of each at least one. */
  readonly rate: number;
  readonly partitions: number;
  readonly students: number;
  /** The time of the first record; each next one comes a millisecond later. */
  readonly startMs: number;
}

/** Placements of producers that do not follow the contract; each has a source of its own, `by-<placement>`. */
export const strayPlacements: readonly Placement[] = [
  ...(["murmur2", "consistent", "murmur2-unsigned", "murmur2-kafkajs-1"] as const),
  ...(["murmur2-kafka-ts-1.3", "fnv1a-reference", "fnv1a-unsigned"] as const),
];

const sources = ["quiz", "sandbox", "editor", "exercise-agent"] as const;

/** A seeded mixture of good records and faults, one after the other. */
export function* mixture(options: MixtureOptions): Generator<PlannedRecord> {
  const random = createRandom(options.seed);
  const earlier: PlannedRecord[] = [];
  const each = Math.max(1, Math.round(options.records * options.rate));
  const schedule = scheduleOf(options, each, random);
  for (let index = 0; index < options.records; index += 1) {
    const material = materialOf(options, index, random);
    const fault = schedule.get(index);
    const record = fault === undefined ? goodRecord(material) : fault(material, earlier);
    if (record.fault === null && index % 97 === 0) remember(earlier, record, random);
    yield record;
  }
}

type Make = (material: Material, earlier: readonly PlannedRecord[]) => PlannedRecord;

/** At which places what goes wrong: spread over all of the records, never two at one. */
function scheduleOf({ records }: MixtureOptions, each: number, random: Random): ReadonlyMap<number, Make> {
  const makes: readonly Make[] = [
    ...faultKinds.map(
      (kind): Make =>
        (material) =>
          faulty(kind, material),
    ),
    ...strayPlacements.map(
      (placement): Make =>
        (material) =>
          strayed(placement, material),
    ),
    duplicated,
  ];
  const schedule = new Map<number, Make>();
  // The first hundred are good, so that there is something to write twice.
  for (const make of makes) {
    for (let made = 0; made < each; ) {
      const at = 100 + random.below(records - 100);
      if (schedule.has(at)) continue;
      schedule.set(at, make);
      made += 1;
    }
  }
  return schedule;
}

function materialOf({ students, startMs, partitions }: MixtureOptions, index: number, random: Random): Material {
  const atMs = startMs + index;
  // A few students do much more than the others, as in any class.
  const student = 1 + Math.floor(students * random.next() ** 2);
  const event = studentEvent(random.pick(topicNames), student, atMs, random);
  return { event, source: random.pick(sources), key: String(student), atMs, partitions, random };
}

const onTopic = ({ event, atMs }: Material) => ({ topic: event.event_type, timestampMs: atMs });

const laneOfKey = (key: Uint8Array | null, { random, partitions }: Material) =>
  key === null ? random.below(partitions) : laneOf(key, partitions);

function goodRecord(material: Material): PlannedRecord {
  const written = anyGood(material);
  return { ...written, ...onTopic(material), partition: laneOfKey(written.key, material), fault: null };
}

function faulty(kind: (typeof faultKinds)[number], material: Material): PlannedRecord {
  const written = faults[kind](material);
  const partition = laneOfKey(written.key, material);
  return { ...written, ...onTopic(material), partition, fault: { kind, eventId: material.event.event_id } };
}

/** A record of a producer that places otherwise; where both agree there is nothing wrong with it. */
function strayed(placement: Placement, material: Material): PlannedRecord {
  const key = bytesOf(material.key);
  const partition = placements[placement].place(key, material.partitions);
  const isRight = partition === laneOf(key, material.partitions);
  return {
    ...{ ...good({ ...material, source: `by-${placement}` }), ...onTopic(material), partition },
    fault: isRight ? null : { kind: "wrong-partition", eventId: material.event.event_id },
  };
}

/** The same event again, as a careless retry writes it. */
function duplicated(material: Material, earlier: readonly PlannedRecord[]): PlannedRecord {
  const again = earlier[material.random.below(earlier.length)];
  if (!again) return goodRecord(material);
  return { ...again, timestampMs: material.atMs, fault: { kind: "duplicate-id", eventId: idOf(again) } };
}

const remembered = 500;

/** Only events that can be told by an id are worth writing twice; each is at most once. */
function remember(earlier: PlannedRecord[], record: PlannedRecord, random: Random): void {
  if (idOf(record) === null) return;
  if (earlier.length < remembered) earlier.push(record);
  else earlier[random.below(remembered)] = record;
}

function idOf({ value }: PlannedRecord): string | null {
  const text = value === null ? "" : Buffer.from(value).toString("utf8");
  return /"event_id":\s*"([0-9a-f-]{36})"/.exec(text)?.[1] ?? null;
}
