import { hash } from "node:crypto";
import type { Hooks } from "../hooks.js";
import type { SequenceClaim } from "../lane/arrival.js";
import type { AppliedEvent } from "./applied-event.js";
import { ownNumber } from "./own-number.js";

/** Why an event changed nothing: as the hook tells it. */
export type IgnoreReason = Parameters<NonNullable<Hooks["ignored"]>>[0]["reason"];

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
  /** What each id in `recent` came with: two characters each of a hash of the payload, blanks where it is not known. */
  recentContents: string;
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

const anyTopic = " ";
const firstMark = 0x30;
/** Characters of a content's mark: of 4,096 contents two look alike, and a row stays small. */
const markLength = 2;
const anyContent = " ".repeat(markLength);

/**
 * Names that number events, for each topic of a key, and the length of one. A row is written with each event of its key, so
 * what senders choose must not make it grow.
 */
const mostScopes = 16;
const longestScope = 249;
/** Names that are kept of a row of format 1, which has no limit. */
const mostScopesBefore = 64;

export const nothingKnown = (): KnownEvents => ({
  ...{ applied: {}, recent: [], recentTopics: "", topics: [], recentContents: "", recentEnd: null },
  ...{ sequencesByTopic: {}, sequencesOfAnyTopic: {}, sequences: {} },
});

/** Whether the key knows the event already: by its place, by its number or by its id. Null for a new one. */
export function ignoreReason(known: KnownEvents, event: AppliedEvent, place: string): IgnoreReason | null {
  const { sequence, topic, highestSequence } = event;
  if (!event.wasParked && (ownNumber(known.applied, place) ?? -1) >= event.offset) return "applied_offset";
  if (sequence && numberOf(known, topic, sequence.projection, highestSequence) >= sequence.number)
    return "applied_sequence";
  const at = event.id === null ? -1 : placeOfId(known, event.topic, event.id);
  if (at < 0) return null;
  const content = known.recentContents.slice(at * markLength, (at + 1) * markLength);
  return content === anyContent || content === contentOf(event) ? "duplicate_id" : "id_reused";
}

/** Whether an event has a number that a key does not note, since its topic's senders use too many names, or too long ones. */
export function isUnnumbered({ sequencesByTopic }: KnownEvents, { topic, sequence }: AppliedEvent): boolean {
  if (!sequence) return false;
  if (sequence.projection.length > longestScope) return true;
  const noted = Object.hasOwn(sequencesByTopic, topic) ? (sequencesByTopic[topic] ?? {}) : {};
  return !Object.hasOwn(noted, sequence.projection) && Object.keys(noted).length >= mostScopes;
}

/** Notes the event, so that it is known when it comes again; keeps only the latest `ids` ids. */
export function remember(known: KnownEvents, event: AppliedEvent, ids: number): void {
  const { id, topic, sequence, highestSequence } = event;
  if (id !== null && ids > 0) {
    known.recent.push(id);
    known.recentTopics += markOf(known, topic);
    known.recentContents += contentOf(event);
  }
  const over = known.recent.length - ids;
  if (over > 0) {
    known.recent.splice(0, over);
    known.recentTopics = known.recentTopics.slice(over);
    known.recentContents = known.recentContents.slice(over * markLength);
  }
  if (id !== null) known.recentEnd = known.recent.at(-1) ?? null;
  if (sequence && !isUnnumbered(known, event)) noteNumber(known, topic, sequence, highestSequence);
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
function recentOf({ recent, recentTopics = "", recentContents = "", recentEnd = null }: StoredKnownEvents) {
  const last = recent.at(-1) ?? null;
  const isOurs = recent.length === recentTopics.length && last === recentEnd;
  const known = isOurs ? recent.length : recentEnd === null ? 0 : recent.lastIndexOf(recentEnd) + 1;
  const marksOf = (marks: string, of: number) =>
    (known === 0 ? "" : marks.slice(-known * of).padStart(known * of, anyTopic)).padEnd(recent.length * of, anyTopic);
  return {
    recentTopics: marksOf(recentTopics, 1),
    recentContents: marksOf(recentContents, markLength),
    recentEnd: last,
  };
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

/** The place in `recent` of the topic's id; below 0 where it is not known. */
function placeOfId(known: KnownEvents, topic: string, id: string): number {
  const { recent, recentTopics, topics } = known;
  for (let at = recent.indexOf(id); at >= 0; at = recent.indexOf(id, at + 1)) {
    const mark = recentTopics.charAt(at);
    if (mark === anyTopic || topics[mark.charCodeAt(0) - firstMark] === topic) return at;
  }
  return -1;
}

const contentOf = ({ payload }: AppliedEvent): string =>
  hash("sha256", JSON.stringify(payload) ?? "", "base64").slice(0, markLength);

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
