import { hash } from "node:crypto";
import type { TopicDescriptor, Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { handlerOf } from "../group/read-topics.js";
import type { RecordPosition } from "../hooks.js";
import { prepareEvent } from "../producer/prepare.js";
import type { AnyProjection, DueTimer, ReducerContext } from "./define.js";
import type { KeyMeta, KeyState, StoredTimer } from "./key-state.js";

/** An event as a projection applies it. */
export interface AppliedEvent extends RecordPosition {
  /** The names of the topic and the message, as SDK users write them. */
  readonly name: string;
  readonly message: string;
  readonly payload: unknown;
  readonly id: string | null;
  readonly timeMs: number;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly causes: readonly RecordPosition[];
  readonly sequence: { readonly projection: string; readonly number: number } | null;
  /** It was parked: its place is noted as applied since then. */
  readonly wasParked?: boolean;
}

/** An event that a reducer emitted, whole and ready for the outbox; plain JSON. */
export interface Emitted {
  readonly kind: "event";
  /** Names as SDK users write them. */
  readonly topic: string;
  readonly message: string;
  readonly payload: unknown;
  readonly key: string | null;
  readonly id: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly timeMs: number;
  readonly causes: readonly RecordPosition[];
  /** `keyline-seq`; null where the event is not of the projection's key. */
  readonly sequence: string | null;
}

/** Why an event changed nothing. */
export type IgnoreReason = "duplicate_id" | "applied_offset" | "applied_sequence";

/** What numbers and bounds emitted events. */
export interface Emission {
  /**
   * The name under which `keyline-seq` numbers what is emitted: the projection's, and for an event on a wrong partition
   * one with its lane. That lane publishes apart from the key's own: in one row of numbers the later would hide the earlier.
   */
  readonly speaker: string;
  /** Throws `record_too_large` for an event that no batch can hold: it could never be published. */
  check(event: Emitted): void;
}

/** What one thing that happens to a key hands to the reducer's context. */
interface Happening {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly message: string;
  readonly timeMs: number;
  readonly eventId: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly causes: readonly RecordPosition[];
  /** What derived ids are a function of. */
  readonly seed: string;
}

/** A reducer that sets a timer in the past from a timer, again and again, would never end. */
const mostTimersAtOnce = 10_000;

/**
 * Applies one event to its key: what is known already is ignored and does nothing at all; else the key's timers that
 * are due before the event fire first, in order, then the event's reducer runs. Changes `row`; throws what a reducer
 * throws, and then `row` must be thrown away.
 */
export function applyEvent(
  projection: AnyProjection,
  row: KeyState,
  event: AppliedEvent,
  emission: Emission,
): { readonly ignored: IgnoreReason | null; readonly emitted: readonly Emitted[] } {
  const { meta } = row;
  const place = `${event.topic}/${event.partition}`;
  const ignored = ignoreReason(meta, event, place);
  if (ignored !== "applied_offset" && !event.wasParked) meta.applied[place] = event.offset;
  if (ignored) return { ignored, emitted: [] };
  const emitted = [...fireTimers(projection, row, event.timeMs, emission).emitted];
  const reducer = handlerOf((projection.on as Readonly<Record<string, unknown>>)[event.name], event.message);
  if (reducer) {
    const happening: Happening = {
      ...event,
      eventId: event.id,
      causes: [...event.causes, { topic: event.topic, partition: event.partition, offset: event.offset }],
      seed: event.id ?? `${place}@${event.offset}`,
    };
    const ctx = contextOf(projection, row, happening, emitted, emission);
    row.state = kept(reducer(...([row.state, event.payload, ctx] as never[])), projection.name);
  }
  remember(meta, event, projection.rememberIds ?? 64);
  return { ignored: null, emitted };
}

/** Fires every timer of the key that is due before the time, in order of due time. Changes `row`. */
export function fireTimers(
  projection: AnyProjection,
  row: KeyState,
  beforeMs: number,
  emission: Emission,
): { readonly fired: readonly StoredTimer[]; readonly emitted: readonly Emitted[] } {
  const emitted: Emitted[] = [];
  const fired: StoredTimer[] = [];
  for (;;) {
    const timer = firstDue(row.meta.timers, beforeMs);
    if (!timer) return { fired, emitted };
    if (fired.length >= mostTimersAtOnce) {
      throw new KeylineError(
        "timer_failed",
        `timers of key ${row.key} set each other without end: set them later than their own due time`,
      );
    }
    row.meta.timers = row.meta.timers.filter((other) => other !== timer);
    try {
      fire(projection, row, timer, emitted, emission);
      fired.push(timer);
    } catch (caught) {
      const reason = caught instanceof Error ? caught.message : String(caught);
      throw new KeylineError("timer_failed", `${projection.name} cannot fire timer ${timer.name}: ${reason}`, {
        cause: caught,
        issues: [timer.name, String(timer.dueAtMs)],
      });
    }
  }
}

function fire(projection: AnyProjection, row: KeyState, timer: StoredTimer, emitted: Emitted[], emission: Emission) {
  if (!projection.onTimer) return;
  const due: DueTimer = { name: timer.name, dueAtMs: timer.dueAtMs, data: timer.data };
  const [cause] = timer.causes.slice(-1);
  const ctx = contextOf(
    projection,
    row,
    {
      topic: cause?.topic ?? "",
      partition: cause?.partition ?? 0,
      offset: cause?.offset ?? 0,
      message: "",
      timeMs: timer.dueAtMs,
      eventId: null,
      correlationId: timer.correlationId,
      traceparent: null,
      causes: timer.causes,
      seed: `timer ${timer.name} ${timer.dueAtMs}`,
    },
    emitted,
    emission,
  );
  row.state = kept(projection.onTimer(...([row.state, due, ctx] as [never, DueTimer, never])), projection.name);
}

function firstDue(timers: readonly StoredTimer[], beforeMs: number): StoredTimer | null {
  return timers.reduce<StoredTimer | null>(
    (first, timer) => (timer.dueAtMs < beforeMs && (!first || timer.dueAtMs < first.dueAtMs) ? timer : first),
    null,
  );
}

function ignoreReason(meta: KeyMeta, event: AppliedEvent, place: string): IgnoreReason | null {
  if (!event.wasParked && (own(meta.applied, place) ?? -1) >= event.offset) return "applied_offset";
  if (event.sequence && (own(meta.sequences, event.sequence.projection) ?? 0) >= event.sequence.number)
    return "applied_sequence";
  return event.id !== null && meta.recent.includes(event.id) ? "duplicate_id" : null;
}

function remember(meta: KeyMeta, event: AppliedEvent, ids: number) {
  if (event.id !== null) meta.recent.push(event.id);
  if (meta.recent.length > ids) meta.recent.splice(0, meta.recent.length - ids);
  if (event.sequence) meta.sequences[event.sequence.projection] = event.sequence.number;
}

function contextOf(
  projection: AnyProjection,
  row: KeyState,
  happening: Happening,
  emitted: Emitted[],
  emission: Emission,
): ReducerContext<Topics> {
  const { seed, traceparent, causes, ...known } = happening;
  const uuid = (purpose: string) => uuidFrom(`${projection.name}\n${row.key}\n${seed}\n${purpose}`);
  const timers = row.meta;
  let ownEmits = 0;
  const emit = (topic: TopicDescriptor, name: string, message: string, input: unknown) => {
    const descriptor = topic.messages[message];
    if (!descriptor) return;
    const prepared = prepareEvent(topic, descriptor, input, {
      // Counted for each happening: whether a timer fired just before must not change the ids.
      id: () => uuid(`emit ${ownEmits}`),
      correlationId: happening.correlationId,
      timeMs: happening.timeMs,
    });
    const sameKey = sameDomain(projection, topic);
    if (sameKey && prepared.key !== row.key) {
      throw new KeylineError(
        "handler_failed",
        `key ${row.key} cannot emit to ${topic.address} for key ${prepared.key}: a projection speaks for its own key`,
      );
    }
    ownEmits += 1;
    const number = (own(row.meta.emitted, emission.speaker) ?? 0) + 1;
    if (sameKey) row.meta.emitted[emission.speaker] = number;
    const event: Emitted = {
      kind: "event",
      topic: name,
      message,
      payload: prepared.payload,
      key: prepared.key,
      id: prepared.id,
      correlationId: prepared.correlationId,
      traceparent,
      timeMs: happening.timeMs,
      causes,
      sequence: sameKey ? `${emission.speaker}#${number}` : null,
    };
    emission.check(event);
    emitted.push(event);
  };
  return {
    ...known,
    key: row.key,
    uuid,
    // Most events emit little: the functions are made when the first is asked for.
    get emit() {
      return emitterOf(projection.emits, emit);
    },
    timer: {
      set(name, dueAtMs, data = null) {
        if (!Number.isFinite(dueAtMs))
          throw new KeylineError("handler_failed", `timer ${name} needs a due time in milliseconds`);
        const others = timers.timers.filter((timer) => timer.name !== name);
        timers.timers = [...others, { name, dueAtMs, data, correlationId: happening.correlationId, causes }];
      },
      clear(name) {
        timers.timers = timers.timers.filter((timer) => timer.name !== name);
      },
    },
  };
}

function emitterOf(
  topics: Topics,
  emit: (topic: TopicDescriptor, name: string, message: string, input: unknown) => void,
) {
  const entries = Object.entries(topics).map(([name, topic]) => {
    const functions = Object.keys(topic.messages).map(
      (message) => [message, (input: unknown) => emit(topic, name, message, input)] as const,
    );
    const only = functions[0];
    return [name, functions.length === 1 && only ? only[1] : Object.fromEntries(functions)] as const;
  });
  return Object.fromEntries(entries) as ReducerContext<Topics>["emit"];
}

function sameDomain(projection: AnyProjection, topic: TopicDescriptor): boolean {
  const [read] = Object.values(projection.reads);
  return topic.domain !== null && topic.domain.name === read?.domain?.name;
}

/** A UUID (version 8, RFC 9562: made by a rule of one's own) that is a function of the text. */
function uuidFrom(text: string): string {
  const hex = hash("sha256", text, "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function kept(state: unknown, projection: string): unknown {
  if (state !== undefined) return state;
  throw new KeylineError("handler_failed", `a reducer of ${projection} returned undefined: return the new state`);
}

const own = (record: Record<string, number>, name: string) => (Object.hasOwn(record, name) ? record[name] : undefined);
