import type { SequenceClaim } from "../lane/arrival.js";
import type { AppliedEvent } from "./applied-event.js";
import { ownNumber } from "./own-number.js";

/** Why an event changed nothing. */
export type IgnoreReason = "duplicate_id" | "applied_offset" | "applied_sequence";

/**
 * What a key knows of the events that it has applied; plain JSON. An id is one of a topic, and so is a sequence number: a
 * sender to one topic must not be able to suppress the events of another.
 */
export interface KnownEvents {
  /** The last applied offset of each topic-partition, `<topic>/<partition>`: keys finish out of order. */
  applied: Record<string, number>;
  /** The latest event ids, oldest first. */
  recent: string[];
  /** The topic of each id in `recent`: one character each, its place in `topics`, or {@link anyTopic}. */
  recentTopics: string;
  topics: string[];
  /** The last of the ids that `recentTopics` is about. */
  recentEnd: string | null;
  /** The highest `keyline-seq` number applied, by topic and then by scope. */
  sequencesByTopic: Record<string, Record<string, number>>;
  /** The highest number by scope that is known of every topic: what format 1 applied. */
  sequencesOfAnyTopic: Record<string, number>;
  /** The highest number by scope: what format 1 reads. */
  sequences: Record<string, number>;
}

/** The same as it is stored. Format 1 knows `applied`, `recent` and `sequences`, and keeps what it does not know. */
export type StoredKnownEvents = Pick<KnownEvents, "applied" | "recent" | "sequences"> & Partial<KnownEvents>;

/** No name of a projection is as long, and every name is stored with the key. */
export const longestScope = 128;

/** Names that number one topic for one key at most: where the contract declares no senders, anything may be one. */
export const mostScopes = 16;

/** Names that are kept of a row of format 1, which has no limit. */
const mostScopesBefore = 64;

const anyTopic = " ";
const firstMark = 0x30;

export const nothingKnown = (): KnownEvents => ({
  ...{ applied: {}, recent: [], recentTopics: "", topics: [], recentEnd: null },
  ...{ sequencesByTopic: {}, sequencesOfAnyTopic: {}, sequences: {} },
});

/** Whether the key knows the event already: by its place, by its number or by its id. Null for a new one. */
export function ignoreReason(known: KnownEvents, event: AppliedEvent, place: string): IgnoreReason | null {
  const { sequence, topic, highestSequence } = event;
  if (!event.wasParked && (ownNumber(known.applied, place) ?? -1) >= event.offset) return "applied_offset";
  if (sequence && numberOf(known, topic, sequence.projection, highestSequence) >= sequence.number)
    return "applied_sequence";
  return event.id !== null && knowsId(known, event.topic, event.id) ? "duplicate_id" : null;
}

/** Notes the event, so that it is known when it comes again; of the ids only the latest `ids`. */
export function remember(known: KnownEvents, event: AppliedEvent, ids: number): void {
  const { id, topic, sequence, highestSequence } = event;
  if (id !== null) {
    known.recent.push(id);
    known.recentTopics += markOf(known, topic);
  }
  const over = known.recent.length - ids;
  if (over > 0) {
    known.recent.splice(0, over);
    known.recentTopics = known.recentTopics.slice(over);
  }
  if (id !== null) known.recentEnd = known.recent.at(-1) ?? null;
  if (sequence) noteNumber(known, topic, sequence, highestSequence);
}

/** What is stored, with what a copy of format 1 has applied since a copy of this format wrote it. */
export function loadKnownEvents(row: StoredKnownEvents): KnownEvents {
  const stored = { ...row, sequences: bounded(row.sequences) };
  return { ...nothingKnown(), ...stored, ...recentOf(stored), sequencesOfAnyTopic: numbersOfAnyTopic(stored) };
}

function bounded(sequences: Readonly<Record<string, number>>): Record<string, number> {
  const kept = Object.entries(sequences).filter(([scope]) => scope.length <= longestScope);
  return Object.fromEntries(kept.slice(0, mostScopesBefore));
}

/** Format 1 puts ids behind the others and takes the oldest away: those behind `recentEnd` are its own, of any topic. */
function recentOf({ recent, recentTopics = "", recentEnd = null }: StoredKnownEvents) {
  if (recent.length === recentTopics.length && (recent.at(-1) ?? null) === recentEnd) return { recentTopics };
  const known = recentEnd === null ? 0 : recent.lastIndexOf(recentEnd) + 1;
  const marks = known === 0 ? "" : recentTopics.slice(-known).padStart(known, anyTopic);
  return { recentTopics: marks.padEnd(recent.length, anyTopic), recentEnd: recent.at(-1) ?? null };
}

/** A number above all that this format has noted is one that format 1 applied, of whichever topic. */
function numbersOfAnyTopic(stored: StoredKnownEvents): Record<string, number> {
  const { sequences, sequencesByTopic = {}, sequencesOfAnyTopic = {} } = stored;
  const noted = [...Object.values(sequencesByTopic), sequencesOfAnyTopic];
  const above = Object.entries(sequences).filter(([scope, number]) =>
    noted.every((numbers) => (ownNumber(numbers, scope) ?? 0) < number),
  );
  return above.length === 0 ? sequencesOfAnyTopic : { ...sequencesOfAnyTopic, ...Object.fromEntries(above) };
}

function knowsId(known: KnownEvents, topic: string, id: string): boolean {
  const { recent, recentTopics, topics } = known;
  for (let at = recent.indexOf(id); at >= 0; at = recent.indexOf(id, at + 1)) {
    const mark = recentTopics.charAt(at);
    if (mark === anyTopic || topics[mark.charCodeAt(0) - firstMark] === topic) return true;
  }
  return false;
}

function markOf({ topics }: KnownEvents, topic: string): string {
  const place = topics.indexOf(topic);
  return String.fromCharCode(firstMark + (place < 0 ? topics.push(topic) - 1 : place));
}

/** The highest number that was applied of the topic's events; what the version before noted counts for every topic. */
export function numberOf(
  { sequencesByTopic, sequencesOfAnyTopic }: KnownEvents,
  topic: string,
  scope: string,
  highest: number = Number.POSITIVE_INFINITY,
): number {
  const ofTopic = Object.hasOwn(sequencesByTopic, topic) ? sequencesByTopic[topic] : undefined;
  const noted = [(ofTopic && ownNumber(ofTopic, scope)) ?? 0, ownNumber(sequencesOfAnyTopic, scope) ?? 0];
  // The version before noted whatever a record said: a number that cannot be says nothing.
  return Math.max(0, ...noted.filter((number) => number <= highest));
}

function noteNumber(
  { sequencesByTopic, sequencesOfAnyTopic, sequences }: KnownEvents,
  topic: string,
  { projection: scope, number }: SequenceClaim,
  highest: number = Number.POSITIVE_INFINITY,
): void {
  const ofTopic = (Object.hasOwn(sequencesByTopic, topic) && sequencesByTopic[topic]) || {};
  ofTopic[scope] = number;
  sequencesByTopic[topic] = ofTopic;
  const before = ownNumber(sequences, scope) ?? 0;
  sequences[scope] = before > highest ? number : Math.max(before, number);
  if ((ownNumber(sequencesOfAnyTopic, scope) ?? 0) > highest) delete sequencesOfAnyTopic[scope];
}
