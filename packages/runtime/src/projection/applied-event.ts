import type { DecodedEvent } from "../codec/decoded.js";
import type { Redelivery } from "../codec/redelivery.js";
import { passedOn } from "../codec/trace.js";
import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import { type Arrival, placeOf, positionOf, type SequenceClaim } from "../lane/arrival.js";
import type { TraceHeaders } from "../ports/tracing.js";

/** An event as a projection applies it. */
export interface AppliedEvent extends RecordPosition {
  /** The names of the topic and the message in code. */
  readonly name: string;
  readonly message: string;
  readonly payload: unknown;
  readonly id: string | null;
  readonly timeMs: number;
  readonly correlationId: string | null;
  /** What it passes on of its trace; null for none. */
  readonly trace: TraceHeaders | null;
  readonly causes: readonly RecordPosition[];
  /** Its `keyline-seq`; null where it has none that is believed. */
  readonly sequence: SequenceClaim | null;
  /** The number that it has is not believed: the logs do not hold as many events. */
  readonly isBeyondLogs?: boolean;
  /** No number that its key knows can be higher. Absent where that was not asked for. */
  readonly highestSequence?: number;
  /** For which group it was sent again; null or absent for an event that was not. */
  readonly redelivery?: Redelivery | null;
  /** It was parked: its place is noted as applied since then. */
  readonly wasParked?: boolean;
}

/** The event of a record, as it was read. */
export function appliedEvent(at: RecordPosition, item: Arrival, decoded: DecodedEvent): AppliedEvent {
  const { topic, record, sequence, redelivery, comesAfter } = item;
  return {
    ...positionOf(at),
    name: topic.name,
    message: decoded.messageName,
    payload: decoded.payload,
    id: decoded.id,
    timeMs: decoded.timeMs ?? record.timestampMs,
    correlationId: decoded.correlationId,
    trace: passedOn(decoded, record.headers),
    causes: comesAfter,
    sequence,
    redelivery,
  };
}

export const unreadable = (at: RecordPosition) => new KeylineError("handler_failed", `cannot read ${placeOf(at)}`);
