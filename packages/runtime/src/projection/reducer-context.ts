import { hash } from "node:crypto";
import type { TopicDescriptor, Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import { unknownNames } from "../known-names.js";
import type { TraceHeaders } from "../ports/tracing.js";
import { prepareEvent } from "../producer/prepare.js";
import { type StoredEvent, storedEvent } from "../producer/stored-event.js";
import { asJson } from "../text/json-value.js";
import type { AnyProjection, ReducerContext } from "./define.js";
import type { Emission } from "./emission.js";
import type { KeyState } from "./key-state.js";
import { ownNumber } from "./own-number.js";

/** What makes a reducer run, an event or a timer that is due: what the reducer's context says of it. */
export interface Trigger {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly message: string;
  readonly timeMs: number;
  readonly eventId: string | null;
  readonly correlationId: string | null;
  /** What it passes on of its trace; null for none. */
  readonly trace: TraceHeaders | null;
  readonly causes: readonly RecordPosition[];
  /** What of its topic it is: derived ids are a function of both. */
  readonly seed: string;
  /** What it emits was published before its lane was reset: it is neither numbered nor published a second time. */
  readonly isSilent: boolean;
}

type Emit = (topic: TopicDescriptor, name: string, message: string, input: unknown) => void;

/**
 * The context of one call of a reducer. What it emits goes to `emitted`; its timers are set in `row`.
 * Invariant: `ownEmits` counts what this call emitted, so that its ids depend on the trigger alone.
 */
export function contextOf(
  projection: AnyProjection,
  row: KeyState,
  trigger: Trigger,
  emitted: StoredEvent[],
  emission: Emission,
): ReducerContext<Topics> {
  const { seed, trace, isSilent, causes, ...known } = trigger;
  const uuid = (purpose: string) => uuidFrom([projection.name, row.key, trigger.topic, seed, purpose].join("\n"));
  const { meta } = row;
  let ownEmits = 0;
  const emit: Emit = (topic, name, message, input) => {
    const descriptor = topic.messages[message];
    if (!descriptor) return;
    const written = asJson(input, `${projection.name} emits a value that is not an event to ${topic.address}`);
    const prepared = prepareEvent(topic, descriptor, written, {
      // Counted for each trigger: whether a timer fired just before must not change the ids.
      id: () => uuid(`emit ${ownEmits}`),
      correlationId: trigger.correlationId,
      timeMs: trigger.timeMs,
    });
    const number = nextNumber(projection, row, topic, prepared.key, emission.sequenceScope);
    ownEmits += 1;
    const sequence = number === null ? null : `${emission.sequenceScope}#${number}`;
    const { timeMs } = trigger;
    const event = storedEvent(prepared, {
      ...{ topic: name, message, timeMs, causes, sequence },
      trace: emission.traceOf(trace),
    });
    emission.check(event);
    if (isSilent) return;
    if (number !== null) meta.emitted[emission.sequenceScope] = number;
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
        if (typeof name !== "string")
          throw new KeylineError("handler_failed", `a timer of ${projection.name} needs a name that is a string`);
        const others = meta.timers.filter((timer) => timer.name !== name);
        const kept = asJson(data, `${projection.name} sets timer ${name} with data that JSON cannot represent`);
        meta.timers = [...others, { name, dueAtMs, data: kept, correlationId: trigger.correlationId, causes }];
      },
      clear(name) {
        meta.timers = meta.timers.filter((timer) => timer.name !== name);
      },
    },
  };
}

/** The number of the key's next `keyline-seq`; null outside the projection's domain, where keys are others. */
function nextNumber(
  projection: AnyProjection,
  { key, meta }: KeyState,
  topic: TopicDescriptor,
  ofEvent: string | null,
  scope: string,
): number | null {
  if (!isSameDomain(projection, topic)) return null;
  if (ofEvent !== key) {
    throw new KeylineError(
      "handler_failed",
      `key ${key} cannot emit to ${topic.address} for key ${ofEvent}: a projection emits for its own key only`,
    );
  }
  return (ownNumber(meta.emitted, scope) ?? 0) + 1;
}

function isSameDomain(projection: AnyProjection, topic: TopicDescriptor): boolean {
  const [read] = Object.values(projection.reads);
  return topic.domain !== null && topic.domain.name === read?.domain?.name;
}

function emitterOf(topics: Topics, emit: Emit) {
  const emitter = Object.create(misspelt(topics, "a topic that this projection emits to"));
  for (const [name, topic] of Object.entries(topics)) {
    const { messages } = topic;
    const ofTopic = Object.create(misspelt(messages, `a message of ${topic.address}`));
    const names = Object.keys(messages);
    for (const message of names) ofTopic[message] = (input: unknown) => emit(topic, name, message, input);
    emitter[name] = names.length === 1 ? ofTopic[names[0] ?? ""] : ofTopic;
  }
  return emitter as ReducerContext<Topics>["emit"];
}

const misspeltOf = new WeakMap<object, object>();

/** What is found under a name that is not among these, for reducers without types; one object for all contexts. */
function misspelt(named: object, isNot: string): object {
  const found = misspeltOf.get(named) ?? unknownNames(Object.keys(named), "cannot emit", isNot);
  misspeltOf.set(named, found);
  return found;
}

/** A UUID (version 8, RFC 9562: by a vendor's own rule) that is a function of the text. */
function uuidFrom(text: string): string {
  const hex = hash("sha256", text, "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
