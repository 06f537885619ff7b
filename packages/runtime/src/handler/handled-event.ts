import type { Execute } from "../caller-transaction.js";
import type { DecodedEvent } from "../codec/decoded.js";
import { textOf } from "../codec/headers.js";
import { passedOn } from "../codec/trace.js";
import type { RecordPosition } from "../hooks.js";
import { type Arrival, positionOf } from "../lane/arrival.js";
import type { Work } from "../lane/work.js";
import type { TraceHeaders } from "../ports/tracing.js";
import type { Handling } from "../producer/handling.js";
import type { Once } from "./once.js";
import type { HandlerContext } from "./types.js";

/** One attempt to handle an event. */
export interface HandlerCall {
  readonly attempt: number;
  readonly clusterId: string;
  /** Fires when the lane is lost. */
  readonly gone: AbortSignal;
  readonly once: Once;
}

// Two objects for each event: as classes, whose rare parts cost nothing until they are read.

/**
 * What a handler receives beside its event.
 *
 * Invariant: `#headers` are those of the record, once they were read.
 */
export class EventContext implements HandlerContext {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly message: string;
  readonly eventId: string | null;
  readonly correlationId: string | null;
  readonly timeMs: number;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly #item: Arrival;
  readonly #once: Once;
  #headers: Readonly<Record<string, string>> | null = null;

  constructor(item: Arrival, decoded: DecodedEvent, { attempt, gone, once }: HandlerCall) {
    const { record } = item;
    this.topic = record.topic;
    this.partition = record.partition;
    this.offset = record.offset;
    this.key = item.key;
    this.message = decoded.messageName;
    this.eventId = decoded.id;
    this.correlationId = decoded.correlationId;
    this.timeMs = decoded.timeMs ?? record.timestampMs;
    this.attempt = attempt;
    this.signal = gone;
    this.#item = item;
    this.#once = once;
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= Object.fromEntries(this.#item.record.headers.map(([name, value]) => [name, textOf(value)]));
    return this.#headers;
  }

  once(execute: Execute, run: () => unknown): Promise<boolean> {
    return this.#once(this.#item, this.eventId, { execute, run });
  }
}

/** What an event passes on to those that its handler sends. */
export class EventHandling implements Handling {
  readonly correlationId: string | null;
  readonly clusterId: string;
  readonly #work: Work<Arrival>;
  readonly #decoded: DecodedEvent;

  constructor(work: Work<Arrival>, decoded: DecodedEvent, clusterId: string) {
    this.correlationId = decoded.correlationId;
    this.clusterId = clusterId;
    this.#work = work;
    this.#decoded = decoded;
  }

  get trace(): TraceHeaders | null {
    return passedOn(this.#decoded, this.#work.item.record.headers);
  }

  get causes(): readonly RecordPosition[] {
    return [...this.#work.item.comesAfter, positionOf(this.#work)];
  }
}
