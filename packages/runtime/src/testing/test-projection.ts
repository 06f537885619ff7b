import { randomUUID } from "node:crypto";
import type { EventOf, InputOf, TopicDescriptor, Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { prepareEvent } from "../producer/prepare.js";
import type { StoredEvent } from "../producer/stored-event.js";
import type { AppliedEvent } from "../projection/applied-event.js";
import { applyEvent } from "../projection/apply.js";
import type { DueTimer, Projection } from "../projection/define.js";
import { fireTimers } from "../projection/fire-timers.js";
import { begin, type KeyState, newKeyState } from "../projection/key-state.js";
import type { IgnoreReason } from "../projection/known-events.js";

type MessageOf<Topic extends TopicDescriptor> = Topic["messages"][keyof Topic["messages"]];

/** Passes one event of a topic to the projection. */
export type Given<Topic extends TopicDescriptor> = (
  event: InputOf<MessageOf<Topic>>,
  options?: { /** Of a topic of several messages: which. */ readonly message?: string },
) => { readonly ignored: IgnoreReason | null };

/** An event that the projection emitted. */
export interface TestEmission<T extends Topics = Topics> {
  /** The topic's name in code. */
  readonly topic: keyof T & string;
  readonly message: string;
  readonly key: string | null;
  readonly event: EventOf<MessageOf<T[keyof T]>>;
}

/** Runs a projection without a broker or a store. */
export interface ProjectionDriver<State, Reads extends Topics, Emits extends Topics> {
  /**
   * `driver.given.codeExecuted({...})` applies an event at once, as the runtime would. Returns why it was ignored, or
   * null. Throws the reducer's error.
   */
  readonly given: { readonly [Name in keyof Reads]: Given<Reads[Name]> };
  /** The key's state; the initial one before its first event. */
  state(key: string): State;
  /** The key's timers, the next one first. */
  timers(key: string): readonly DueTimer[];
  /** All events emitted so far, in order. */
  readonly emitted: readonly TestEmission<Emits>[];
  /**
   * Moves the wall clock: every timer that is due before the time (milliseconds since 1970) fires, in order, key by
   * key.
   */
  advanceTo(timeMs: number): void;
}

/**
 * Creates a driver for tests of a projection, with the runtime's own rules for ids, timers and emitted events. States
 * are frozen between events, so that a reducer that changes one in place fails. The wall clock, from which missing
 * times are filled in, starts at 2026-01-01T00:00:00Z and moves 1 ms with each event.
 */
export function testProjection<State, Reads extends Topics, Emits extends Topics>(
  projection: Projection<State, Reads, Emits>,
): ProjectionDriver<State, Reads, Emits> {
  // Invariant: `rows` is what a store would have after the events that were given, `emitted` what would be published; if
  // a reducer throws, the row is as the reducer left it, since the driver has no store to read it from again.
  const rows = new Map<string, KeyState>();
  const emitted: TestEmission<Emits>[] = [];
  const offsets = new Map<string, number>();
  let clockMs = Date.UTC(2026, 0, 1);

  const rowOf = (key: string) => {
    const row = rows.get(key) ?? newKeyState(key, projection);
    rows.set(key, row);
    return row;
  };

  const collect = (outgoing: readonly StoredEvent[]) => {
    for (const { topic, message, key, payload } of outgoing) {
      emitted.push({ topic, message, key, event: payload as TestEmission<Emits>["event"] });
    }
  };

  const give = (name: string, topic: TopicDescriptor, input: unknown, wanted?: string) => {
    const offset = offsets.get(name) ?? 0;
    clockMs += 1;
    const { key, event } = givenEvent({ name, topic, input, wanted, offset, nowMs: clockMs });
    offsets.set(name, offset + 1);
    const row = rowOf(key);
    const applied = applyEvent(projection, row, event, unlimited);
    row.state = deepFreeze(row.state);
    collect(applied.emitted);
    return { ignored: applied.ignored };
  };

  const given = Object.entries(projection.reads).map(([name, topic]) => [
    name,
    (input: unknown, options: { readonly message?: string } = {}) => give(name, topic, input, options.message),
  ]);

  return {
    given: Object.fromEntries(given),
    state(key) {
      const row = rowOf(key);
      begin(row, projection);
      return row.state as State;
    },
    timers: (key) => [...rowOf(key).meta.timers].sort((a, b) => a.dueAtMs - b.dueAtMs),
    emitted,
    advanceTo(timeMs) {
      clockMs = Math.max(clockMs, timeMs);
      for (const row of rows.values()) {
        collect(fireTimers(projection, row, timeMs, unlimited).emitted);
        row.state = deepFreeze(row.state);
      }
    },
  };
}

/** An event as it would come from the topic's log. Throws what a producer would. */
function givenEvent(given: {
  readonly name: string;
  readonly topic: TopicDescriptor;
  readonly input: unknown;
  /** The message, of a topic of several. */
  readonly wanted: string | undefined;
  readonly offset: number;
  readonly nowMs: number;
}): { readonly key: string; readonly event: AppliedEvent } {
  const { name, topic, input, offset, nowMs } = given;
  const message = given.wanted ?? Object.keys(topic.messages)[0] ?? "";
  const descriptor = topic.messages[message];
  if (!descriptor) throw new KeylineError("options_invalid", `cannot give ${name}: it has no message ${message}`);
  const prepared = prepareEvent(topic, descriptor, input, { id: randomUUID, correlationId: null, timeMs: nowMs });
  const time = descriptor.time && (prepared.payload as Record<string, unknown>)[descriptor.time[0] ?? ""];
  const event = {
    topic: topic.address,
    partition: 0,
    offset,
    name,
    message,
    payload: prepared.payload,
    id: prepared.id,
    timeMs: typeof time === "string" ? Date.parse(time) : nowMs,
    correlationId: prepared.correlationId,
    trace: null,
    causes: [],
    sequence: null,
  };
  return { key: prepared.key ?? "", event };
}

const unlimited = { sequenceScope: "test", check: () => undefined, traceOf: () => null };

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
