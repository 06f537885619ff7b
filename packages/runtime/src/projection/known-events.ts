import type { AppliedEvent } from "./applied-event.js";
import { type KeyMeta, ownNumber } from "./key-state.js";

/** Why an event changed nothing. */
export type IgnoreReason = "duplicate_id" | "applied_offset" | "applied_sequence";

/** Whether the key knows the event already: by its place, by its number or by its id. Null for a new one. */
export function ignoreReason(meta: KeyMeta, event: AppliedEvent, place: string): IgnoreReason | null {
  if (!event.wasParked && (ownNumber(meta.applied, place) ?? -1) >= event.offset) return "applied_offset";
  if (event.sequence && (ownNumber(meta.sequences, event.sequence.projection) ?? 0) >= event.sequence.number)
    return "applied_sequence";
  return event.id !== null && meta.recent.includes(event.id) ? "duplicate_id" : null;
}

/** Notes the event, so that it is known when it comes again; of the ids only the latest `ids`. */
export function remember(meta: KeyMeta, event: AppliedEvent, ids: number) {
  if (event.id !== null) meta.recent.push(event.id);
  if (meta.recent.length > ids) meta.recent.splice(0, meta.recent.length - ids);
  if (event.sequence) meta.sequences[event.sequence.projection] = event.sequence.number;
}
