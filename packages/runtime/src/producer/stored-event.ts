import { header } from "../codec/headers.js";
import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { TraceHeaders } from "../ports/tracing.js";
import { storedFormat } from "../stored-format.js";
import type { PreparedSend } from "./core.js";
import type { PreparedEvent } from "./prepare.js";

/** A complete event in an outbox: emitted by a reducer, or written by an app in its own transaction. Plain JSON. */
export interface StoredEvent {
  readonly kind: "event";
  /** The format in which it is written; 1 if absent. */
  readonly version?: number;
  /** Names in code. */
  readonly topic: string;
  readonly message: string;
  readonly payload: unknown;
  readonly key: string | null;
  readonly id: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  /** The other headers of its trace; absent if there are none, and in events of an earlier version. */
  readonly trace?: TraceHeaders;
  readonly timeMs: number;
  readonly causes: readonly RecordPosition[];
  /**
   * `keyline-seq`; null if the event is not of the projection's key, and in an app's outbox, whose rows are numbered.
   */
  readonly sequence: string | null;
  /** Data of an app's own outbox only. */
  readonly written?: WrittenByApp;
}

/** What an event in an app's own outbox has beside what a reducer emits. */
export interface WrittenByApp {
  /** The publishing service: what publishes the event may be another one. */
  readonly source: string;
  /** The event's id where its contract has none: a record that is written twice has one id. */
  readonly recordId: string;
  /** The cluster that `causes` lie on: that of the event that was being handled; null where none was. */
  readonly clusterId: string | null;
  /** Causes that the caller vouches for. */
  readonly after: readonly RecordPosition[];
  readonly headers: Readonly<Record<string, string>>;
  /** Of the topic's address. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the names end that number the rows of apps' own outboxes in `keyline-seq`. No other name does. */
export const outboxEnding = "@outbox";

/** The scope of the numbers of rows that this service wrote. */
export const outboxScope = (source: string): string => `${source}${outboxEnding}`;

/** What of an event is stored, beside the event itself. */
export type StoredBeside = Pick<StoredEvent, "topic" | "message" | "timeMs" | "causes" | "sequence"> & {
  readonly trace: TraceHeaders | null;
  readonly written?: WrittenByApp;
};

/** An event as it is stored. */
export function storedEvent({ payload, key, id, correlationId }: PreparedEvent, beside: StoredBeside): StoredEvent {
  const { traceparent = null, ...others } = beside.trace ?? {};
  return {
    kind: "event",
    version: storedFormat,
    topic: beside.topic,
    message: beside.message,
    payload,
    key,
    id,
    correlationId,
    traceparent,
    timeMs: beside.timeMs,
    causes: beside.causes,
    sequence: beside.sequence,
    ...(Object.keys(others).length > 0 ? { trace: others } : {}),
    ...(beside.written ? { written: beside.written } : {}),
  };
}

/** A stored event as the producer sends it. Throws `options_invalid` when the contract has lost its topic. */
export function preparedSend(topics: Topics, event: StoredEvent, clusterId: string): PreparedSend {
  const topic = Object.hasOwn(topics, event.topic) ? topics[event.topic] : undefined;
  const message = topic && Object.hasOwn(topic.messages, event.message) ? topic.messages[event.message] : undefined;
  if (!topic || !message) {
    throw new KeylineError(
      "options_invalid",
      `cannot publish a stored event to ${event.topic}: the contract has no such topic any more`,
    );
  }
  const { sequence, written } = event;
  const headers = Object.entries(written?.headers ?? {}).map(([name, text]) => header(name, text));
  return {
    topic,
    message,
    prepared: event,
    causes: event.causes,
    clusterId: written?.clusterId ?? clusterId,
    after: written?.after ?? [],
    trace: storedTrace(event),
    headers: sequence === null ? headers : [...headers, header("keyline-seq", sequence)],
    ...(written ? { source: written.source, recordId: written.recordId, parameters: written.parameters } : {}),
  };
}

function storedTrace({ traceparent, trace }: StoredEvent): TraceHeaders | null {
  if (traceparent === null) return trace ?? null;
  return { traceparent, ...trace };
}
