import type { TopicDescriptor, Transport } from "@keyline/runtime";
import { scanPartition } from "@keyline/runtime/tools";
import type { ConsumerRecord, GroupState, TopicPartition } from "@keyline/runtime/transport";
import { keyTextOf, type Letter } from "./letter.js";
import { readRecord } from "./read-record.js";

/** By letter: how many later events of its key its group has handled; null for a letter without a key. */
export type LaterEvents = ReadonlyMap<Letter, number | null>;

/**
 * Counts the later events of each letter's key that its group has handled already: on its own topic those behind it, on other
 * topics of its domain those stamped since its record, or since it failed first where that is gone. A replay comes after them.
 */
export async function laterEvents(
  transport: Transport,
  letters: readonly Letter[],
  topics: readonly TopicDescriptor[],
  groups: readonly GroupState[],
): Promise<LaterEvents> {
  const found = new Map<Letter, number | null>(letters.map((letter) => [letter, letter.key === null ? null : 0]));
  const stamps = await stampsOf(transport, letters);
  const looked = letters
    .filter(({ key }) => key !== null)
    .flatMap((letter) => lanesOf(letter, topics).map((at) => ({ at, letter })));
  for (const some of Map.groupBy(looked, ({ at }) => `${at.topic}/${at.partition}`).values()) {
    const [first] = some;
    if (!first) continue;
    const waiting = some.map(({ letter }) => letter);
    for await (const record of handledRecords(transport, first.at, waiting, groups, stamps))
      for (const letter of waiting)
        if (isLater(record, letter, groups, stamps)) found.set(letter, (found.get(letter) ?? 0) + 1);
  }
  return found;
}

type Stamps = ReadonlyMap<Letter, number>;

/** Since when what another topic has is later (milliseconds since 1970): what was sent while the event was tried is. */
async function stampsOf(transport: Transport, letters: readonly Letter[]): Promise<Stamps> {
  const stamps = new Map<Letter, number>();
  for (const letter of letters)
    stamps.set(letter, (await readRecord(transport, letter.source))?.timestampMs ?? letter.firstAtMs);
  return stamps;
}

/** Its own partition of each topic of its domain. */
function lanesOf({ source }: Letter, topics: readonly TopicDescriptor[]): readonly TopicPartition[] {
  const own = topics.find(({ address }) => address === source.topic);
  return (own?.domain?.topics ?? [source.topic]).map((topic) => ({ topic, partition: source.partition }));
}

/** Records of the letters' keys on a partition, from where the first of them can be, up to what the groups have handled. */
async function* handledRecords(
  transport: Transport,
  at: TopicPartition,
  letters: readonly Letter[],
  groups: readonly GroupState[],
  stamps: Stamps,
): AsyncGenerator<ConsumerRecord> {
  const to = Math.max(0, ...letters.map(({ group }) => committedOf(groups, group, at)));
  if (to === 0) return;
  const behind = letters.filter(({ source }) => source.topic === at.topic).map(({ source }) => source.offset + 1);
  const firstMs = Math.min(...letters.map((letter) => stamps.get(letter) ?? letter.firstAtMs));
  const since = behind.length === letters.length ? [] : await transport.offsetsAtTime([at], firstMs);
  const [range] = await transport.logRanges([at]);
  const from = Math.max(range?.start ?? 0, Math.min(...behind, ...since));
  const keys = new Set(letters.map((letter) => keyTextOf(letter)));
  const keep = (key: Uint8Array | null) => key !== null && keys.has(keyTextOf({ key }));
  for await (const records of scanPartition(transport, { ...at, from, to: Math.min(to, range?.end ?? 0) }, { keep }))
    yield* records;
}

function isLater(record: ConsumerRecord, letter: Letter, groups: readonly GroupState[], stamps: Stamps): boolean {
  const { source, firstAtMs, group } = letter;
  if (keyTextOf(record) !== keyTextOf(letter) || record.offset >= committedOf(groups, group, record)) return false;
  return source.topic === record.topic
    ? record.offset > source.offset
    : record.timestampMs >= (stamps.get(letter) ?? firstAtMs);
}

const committedOf = (groups: readonly GroupState[], group: string, at: TopicPartition): number =>
  groups
    .find(({ groupId }) => groupId === group)
    ?.committed.find(({ topic, partition }) => topic === at.topic && partition === at.partition)?.offset ?? 0;
