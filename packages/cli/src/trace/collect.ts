import { type Marker, markerOf } from "@keyline/proof";
import { isKeylineError, type TopicDescriptor, type Transport } from "@keyline/runtime";
import { decodeRecord, scanPartition } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { fired } from "../io.js";
import { deadLetterEvent } from "./dead-letter.js";
import { type DeadLetterNote, type EventContext, type TraceEvent, traceEvent } from "./event.js";
import { placeName } from "./merge.js";
import { type NotRead, notReadOf, type ReadPlace } from "./plan.js";

/** Which events are collected, and how many are kept. */
export interface CollectOptions extends EventContext {
  readonly transport: Transport;
  readonly key: Buffer;
  readonly untilMs: number | null;
  /** Also records whose payload gives the key, though their own key is another or none. */
  readonly everywhere: boolean;
  /** Events that are kept of one partition at most: the newest. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Called with the number of records read since the last call. */
  readonly onRead?: (records: number) => void;
}

/** What was found, also where reading was cut short. */
export interface Collected {
  readonly events: readonly TraceEvent[];
  readonly records: number;
  /** Older events that were found and not kept. */
  readonly leftOut: number;
  readonly notRead: readonly NotRead[];
}

/** Partitions that are read side by side: each holds two fetches in memory. */
const readers = 8;

/**
 * Reads partitions and keeps the key's events of them. Resolves when all is read, or as soon as the signal fires, with
 * what there is by then. Never rejects: what cannot be read is in `notRead`.
 */
export async function collect(places: readonly ReadPlace[], options: CollectOptions): Promise<Collected> {
  const { signal, limit } = options;
  const kept = new Map<string, TraceEvent[]>();
  const notRead: NotRead[] = [];
  let records = 0;
  let leftOut = 0;

  const keep = (place: ReadPlace, event: TraceEvent) => {
    const list = kept.get(placeName(place)) ?? [];
    list.push(event);
    // Not at each event: moving all that follow is the dear part.
    if (list.length >= 2 * limit) leftOut += list.splice(0, list.length - limit).length;
    kept.set(placeName(place), list);
  };

  const readPlace = async (place: ReadPlace) => {
    const wanted = wantedOf(place, options);
    let seen = 0;
    const isAsked = (key: Uint8Array | null) => {
      seen += 1;
      return options.everywhere || (key !== null && options.key.equals(key));
    };
    const scanning = scanPartition(options.transport, place, {
      ...{ signal, keep: isAsked },
      onLost: ({ start, end }) =>
        notRead.push({
          what: `${placeName(place)}@${start} to ${end - 1}`,
          code: "offset_out_of_range",
          message: "retention took these records away while they were read",
        }),
    });
    try {
      for await (const batch of scanning) {
        for (const record of batch) {
          const marker = place.isDeadLetters ? markerOf(record) : null;
          if (marker) {
            settle(kept.get(placeName(place)) ?? [], record, marker);
            continue;
          }
          const event = wanted(record);
          if (event) keep(place, event);
        }
        records += seen;
        options.onRead?.(seen);
        seen = 0;
      }
    } catch (caught) {
      if (!signal.aborted || !isKeylineError(caught)) notRead.push(notReadOf(placeName(place), caught));
    }
  };

  const waiting = [...places];
  const reader = async () => {
    for (let place = waiting.shift(); place && !signal.aborted; place = waiting.shift()) await readPlace(place);
  };
  await Promise.race([Promise.all(Array.from({ length: readers }, reader)), fired(signal)]);
  const events = [...kept.values()].flatMap((list) => {
    leftOut += Math.max(0, list.length - limit);
    return list.slice(-limit);
  });
  return { events, records, leftOut, notRead: [...notRead] };
}

/** Notes of the letter, which lies before its marker, that it needs no more work. */
function settle(events: TraceEvent[], { topic, partition }: ConsumerRecord, marker: Marker): void {
  const isIts = ({ at }: TraceEvent["deadLetters"][number]) =>
    at.topic === topic && at.partition === partition && at.offset === marker.offset;
  for (const [index, event] of events.entries()) {
    if (!event.deadLetters.some(isIts)) continue;
    const deadLetters = event.deadLetters.map((note) => (isIts(note) ? withMarker(note, marker) : note));
    events[index] = { ...event, deadLetters };
  }
}

const withMarker = (note: DeadLetterNote, marker: Marker): DeadLetterNote =>
  note.settled === null ? { ...note, settled: marker } : { ...note, settledAgain: [...note.settledAgain, marker] };

/** Turns a record into an event of the key; null for another key's. */
function wantedOf(place: ReadPlace, options: CollectOptions): (record: ConsumerRecord) => TraceEvent | null {
  const { key, untilMs, everywhere } = options;
  const { descriptor, isDeadLetters, lane, partition } = place;
  const isLate = ({ timestampMs }: TraceEvent) => untilMs !== null && timestampMs > untilMs;
  const eventOf = (record: ConsumerRecord): TraceEvent => {
    if (isDeadLetters) return deadLetterEvent(record, descriptor, options);
    const event = traceEvent(record, descriptor, options);
    return partition === lane ? event : { ...event, faults: [...event.faults, stray(lane)] };
  };
  return (record) => {
    const isOwn = record.key !== null && key.equals(record.key);
    if (!isOwn && !(everywhere && payloadGives(record, options, descriptor))) return null;
    const event = eventOf(record);
    return isLate(event) ? null : event;
  };
}

/** Whether the payload spells the key: asked of records whose own key is another, or none. */
function payloadGives(record: ConsumerRecord, options: CollectOptions, descriptor: TopicDescriptor): boolean {
  const { key } = options;
  const { value } = record;
  // Most records do not even hold its letters, which costs less to see than to decode.
  if (value === null || !Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(key)) return false;
  return decodeRecord({ ...record, key }, descriptor).kind === "event";
}

const stray = (lane: number) => ({
  code: "wrong_partition" as const,
  message: `the key belongs on partition ${lane}: its producer has another partitioner, or it was copied or placed by hand`,
});
