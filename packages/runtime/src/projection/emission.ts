import type { TraceHeaders } from "../ports/tracing.js";
import type { StoredEvent } from "../producer/stored-event.js";
import type { KeySilence } from "./silence.js";

/** What numbers, bounds and silences emitted events. */
export interface Emission {
  /**
   * The name under which `keyline-seq` numbers what is emitted: the projection's, and for an event on a wrong partition
   * one with its lane. That lane publishes apart from the key's own: in one row of numbers the later would hide the earlier.
   */
  readonly sequenceScope: string;
  /** Throws `record_too_large` for an event that no batch can hold: it could never be published. */
  check(event: StoredEvent): void;
  /** The trace that an event carries which is emitted now, by what has this trace. */
  traceOf(cause: TraceHeaders | null): TraceHeaders | null;
  /** What of the key was published before its lane was reset; null or absent where nothing was. */
  readonly silence?: KeySilence | null;
}
