import type { RecordPosition } from "../hooks.js";
import type { TraceHeaders } from "../ports/tracing.js";
import type { KeySilence } from "./silence.js";

/** An event that a reducer emitted, whole and ready for the outbox; plain JSON. */
export interface Emitted {
  readonly kind: "event";
  /** The format in which it is written; 1 where it is not there. */
  readonly version?: number;
  /** Names as SDK users write them. */
  readonly topic: string;
  readonly message: string;
  readonly payload: unknown;
  readonly key: string | null;
  readonly id: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  /** The other headers of its trace; absent where there are none, and in what an earlier version wrote. */
  readonly trace?: TraceHeaders;
  readonly timeMs: number;
  readonly causes: readonly RecordPosition[];
  /** `keyline-seq`; null where the event is not of the projection's key. */
  readonly sequence: string | null;
}

/** What numbers, bounds and silences emitted events. */
export interface Emission {
  /**
   * The name under which `keyline-seq` numbers what is emitted: the projection's, and for an event on a wrong partition
   * one with its lane. That lane publishes apart from the key's own: in one row of numbers the later would hide the earlier.
   */
  readonly sequenceScope: string;
  /** Throws `record_too_large` for an event that no batch can hold: it could never be published. */
  check(event: Emitted): void;
  /** The trace that an event carries which is emitted now, by what has this trace. */
  traceOf(cause: TraceHeaders | null): TraceHeaders | null;
  /** What of the key was published before its lane was reset; null or absent where nothing was. */
  readonly silence?: KeySilence | null;
}
