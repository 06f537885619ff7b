import { handlerOf } from "../group/read-topics.js";
import type { SequenceIgnored } from "../hooks.js";
import type { StoredEvent } from "../producer/stored-event.js";
import type { AppliedEvent } from "./applied-event.js";
import type { AnyProjection } from "./define.js";
import type { Emission } from "./emission.js";
import { fireTimers } from "./fire-timers.js";
import { begin, type KeyState, newStateOf, type StoredTimer } from "./key-state.js";
import { type IgnoreReason, ignoreReason, isUnnumbered, remember } from "./known-events.js";
import { contextOf, type Trigger } from "./reducer-context.js";
import { takeRefused } from "./refused-events.js";

/** What applying an event did, beside the change of its row. */
export interface Applied {
  readonly ignored: IgnoreReason | null;
  readonly emitted: readonly StoredEvent[];
  /** The timers that fired before the event. */
  readonly fired: readonly StoredTimer[];
  /** Why its number is not noted: it is known again by its id alone. Null where it is, or there is none. */
  readonly unnumbered: SequenceIgnored | null;
}

/**
 * Applies one event to its key: what is known already is ignored and does nothing at all; else the key's timers that
 * are due before the event fire first, in order, then the event's reducer runs. Changes `row`; throws what a reducer
 * throws, and then `row` must be thrown away.
 */
export function applyEvent(projection: AnyProjection, row: KeyState, event: AppliedEvent, emission: Emission): Applied {
  const { meta } = row;
  const place = `${event.topic}/${event.partition}`;
  const ignored = takeRefused(meta, event.redelivery, ignoreReason(meta, event, place));
  if (ignored !== "applied_offset" && !event.wasParked) meta.applied[place] = event.offset;
  if (ignored) return { ignored, emitted: [], fired: [], unnumbered: null };
  begin(row, projection);
  const isSilent = emission.silence?.coversEvent(event) ?? false;
  const { emitted, fired } = fireTimers(projection, row, event.timeMs, emission, isSilent);
  const reducer = handlerOf((projection.on as Readonly<Record<string, unknown>>)[event.name], event.message);
  if (reducer) {
    const trigger: Trigger = {
      ...event,
      eventId: event.id,
      causes: [...event.causes, { topic: event.topic, partition: event.partition, offset: event.offset }],
      seed: event.id ?? `${place}@${event.offset}`,
      isSilent,
    };
    const ctx = contextOf(projection, row, trigger, emitted, emission);
    row.state = newStateOf(reducer(...([row.state, event.payload, ctx] as never[])), projection.name);
  }
  const unnumbered = event.isBeyondLogs ? "number" : isUnnumbered(meta, event) ? "name" : null;
  remember(meta, event, projection.rememberIds ?? 64);
  return { ignored: null, emitted, fired, unnumbered };
}
