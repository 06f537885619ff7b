import type { Redelivery } from "../codec/redelivery.js";
import type { RecordPosition } from "../hooks.js";
import type { IgnoreReason } from "./known-events.js";

/**
 * Which events of a key were refused, and not applied since: a dead letter that is sent again is applied if its event's
 * position stands here, and is taken out by that; so it is applied once, however often it is sent. Plain JSON.
 */
export interface RefusedEvents {
  /** Offsets by `<topic>/<partition>`, in the order in which they were refused; absent for none. */
  refused?: Record<string, number[]>;
}

/** Refused events of one key that are noted at most: its row is written with each of its events. */
const mostRefused = 1000;

/**
 * Notes that the event is refused: from now on a redelivery of it is applied. Where the event is a redelivery itself its note
 * takes the place of the one it came by. Returns what is forgotten for it: the oldest of the partition that has most, so
 * that a writer of one topic pushes out none of another before it has as many there.
 */
export function noteRefused(known: RefusedEvents, at: RecordPosition, again: Redelivery | null): RecordPosition[] {
  if (again) takeOut(known, again.source);
  known.refused ??= {};
  const { refused } = known;
  const place = placeName(at);
  const offsets = refused[place] ?? [];
  if (!offsets.includes(at.offset)) offsets.push(at.offset);
  refused[place] = offsets;
  const forgotten: RecordPosition[] = [];
  while (Object.values(refused).reduce((sum, list) => sum + list.length, 0) > mostRefused) {
    const [longest = place] = Object.keys(refused).sort(
      (one, other) => lengthOf(refused, other) - lengthOf(refused, one),
    );
    const offset = refused[longest]?.shift();
    if (offset !== undefined) forgotten.push({ ...positionIn(longest), offset });
  }
  return forgotten;
}

/** Whether a redelivery would be applied: its event stands here, or is known by its id alone. */
export const isAwaited = ({ refused }: RefusedEvents, { source, isById }: Redelivery): boolean =>
  isById || (refused?.[placeName(source)] ?? []).includes(source.offset);

/**
 * What becomes of an event that is known as `reason` says. For a redelivery that is not known by its offset, its note decides, and is taken out. Another event
 * with its id is a different event; the same event under its id was applied, in one way or another.
 */
export function takeRefused(
  known: RefusedEvents,
  redelivery: Redelivery | null | undefined,
  reason: IgnoreReason | null,
): IgnoreReason | null {
  if (!redelivery || reason === "applied_offset") return reason;
  if (takeOut(known, redelivery.source)) return reason === "id_reused" ? null : reason;
  return redelivery.isById ? reason : "not_refused";
}

/** Whether it stood there. */
function takeOut(known: RefusedEvents, at: RecordPosition): boolean {
  const { refused = {} } = known;
  const place = placeName(at);
  const offsets = refused[place] ?? [];
  const index = offsets.indexOf(at.offset);
  if (index < 0) return false;
  offsets.splice(index, 1);
  if (offsets.length === 0) delete refused[place];
  if (Object.keys(refused).length === 0) delete known.refused;
  return true;
}

const lengthOf = (refused: Readonly<Record<string, readonly number[]>>, place: string) => refused[place]?.length ?? 0;

const placeName = ({ topic, partition }: Omit<RecordPosition, "offset">) => `${topic}/${partition}`;

function positionIn(place: string): Omit<RecordPosition, "offset"> {
  const slash = place.lastIndexOf("/");
  return { topic: place.slice(0, slash), partition: Number(place.slice(slash + 1)) };
}
