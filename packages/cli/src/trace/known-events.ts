import type { RecordPosition } from "@keyline/runtime";
import type { TraceEvent } from "./event.js";
import { placeName } from "./merge.js";

/** What an event came after. */
export interface Cause extends RecordPosition {
  /** How it is known: by the producer's header, or only by one correlation id and an earlier stamp. */
  readonly by: "keyline-after" | "correlation";
  /** False where the header names another key's record, as a producer does that does not remember the key. */
  readonly exact: boolean;
  readonly elapsedMs: number;
}

/** The events of a key that its history has shown, to find causes and repeated ids among. */
export interface KnownEvents {
  /** The cause of an event among those before it. */
  causeOf(event: TraceEvent): Cause | null;
  /** Where the first event of this one's id lies; null where it is this one or not known. Remembers the id. */
  firstOfId(event: TraceEvent): RecordPosition | null;
  add(event: TraceEvent): void;
}

interface Known {
  readonly event: TraceEvent;
  /** Its number in the history. */
  readonly number: number;
}

/**
 * Invariant: `byPlace` has the known events of each partition by ascending offset, each offset once; the maps by id and by
 * correlation id have at most `limit` entries, the newest, and a list of `byPlace` at most twice as many.
 */
export function createKnownEvents(limit: number): KnownEvents {
  const byPlace = new Map<string, Known[]>();
  const byCorrelation = new Map<string, Known>();
  const byId = new Map<string, RecordPosition>();
  let count = 0;

  /** The newest known event at or below a position. */
  const atOrBelow = ({ topic, partition, offset }: RecordPosition) =>
    byPlace.get(placeName({ topic, partition }))?.findLast(({ event }) => event.offset <= offset);

  return {
    causeOf(event) {
      const found = event.after.flatMap((entry) => {
        const before = atOrBelow(entry);
        return before ? [{ before, exact: before.event.offset === entry.offset }] : [];
      });
      const same = found.filter(({ before }) => isSameFlow(before.event, event));
      const best = latest(same) ?? latest(found.filter(({ exact }) => exact)) ?? latest(found);
      if (best) return toCause(best.before.event, event, "keyline-after", best.exact);
      const first = event.correlationId === null ? undefined : byCorrelation.get(event.correlationId);
      return first && event.after.length === 0 ? toCause(first.event, event, "correlation", true) : null;
    },
    firstOfId({ eventId, topic, partition, offset }) {
      if (eventId === null) return null;
      const first = byId.get(eventId);
      if (first) return placeName(first) === placeName({ topic, partition }) && first.offset === offset ? null : first;
      byId.set(eventId, { topic, partition, offset });
      forgetOldest(byId, limit);
      return null;
    },
    add(event) {
      const known = { event, number: count };
      count += 1;
      const list = byPlace.get(placeName(event)) ?? [];
      // A dead letter that comes after its event.
      if (list.findLast((one) => one.event.offset <= event.offset)?.event.offset === event.offset) return;
      list.push(known);
      if ((list.at(-2)?.event.offset ?? -1) > event.offset) list.sort((a, b) => a.event.offset - b.event.offset);
      if (list.length > 2 * limit) list.splice(0, list.length - limit);
      byPlace.set(placeName(event), list);
      if (event.correlationId === null) return;
      byCorrelation.delete(event.correlationId);
      byCorrelation.set(event.correlationId, known);
      forgetOldest(byCorrelation, limit);
    },
  };
}

function forgetOldest(map: Map<string, unknown>, limit: number): void {
  const [oldest] = map.keys();
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
}

const isSameFlow = (one: TraceEvent, other: TraceEvent) =>
  one.correlationId !== null && one.correlationId === other.correlationId;

const latest = <Found extends { readonly before: Known }>(found: readonly Found[]): Found | undefined =>
  found.reduce<Found | undefined>(
    (best, one) => (best && best.before.number > one.before.number ? best : one),
    undefined,
  );

function toCause(before: TraceEvent, event: TraceEvent, by: Cause["by"], exact: boolean): Cause {
  const { topic, partition, offset } = before;
  return { topic, partition, offset, by, exact, elapsedMs: event.timestampMs - before.timestampMs };
}
