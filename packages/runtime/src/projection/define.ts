import type { EventOf, InputOf, MessageDescriptor, TopicDescriptor, Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { readTopics } from "../group/read-topics.js";
import { checkNames, type NamesOf } from "../known-names.js";
import { outboxEnding } from "../producer/stored-event.js";

/** Facts about the event that a reducer applies. */
export interface ReducerContext<Emits extends Topics> {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The message's name in code. */
  readonly message: string;
  /** When the event happened, by its producer's clock (milliseconds since 1970); for a timer, its due time. */
  readonly timeMs: number;
  /** The event's id, from the payload or the CloudEvent; null if it has none, and for a timer. */
  readonly eventId: string | null;
  /** The correlation id, which emitted events get too; null if the event has none. */
  readonly correlationId: string | null;
  /**
   * A UUID that is a function of the event's topic and id (for a timer: its name, due time, and the topic of the event
   * that set it), the key, the projection's name and `purpose`: the same in every replay. Use a different purpose for
   * each thing that one event creates.
   */
  uuid(purpose: string): string;
  /** Publishes an event in the same transaction as the state: `ctx.emit.learningProgress({...})`. */
  readonly emit: Emitter<Emits>;
  /** Sets and clears the key's timers. */
  readonly timer: {
    /** Sets (or moves) the key's timer of this name. It fires once, at `dueAtMs` or later; `data` is JSON. */
    set(name: string, dueAtMs: number, data?: unknown): void;
    clear(name: string): void;
  };
}

type MessagesOf<Topic extends TopicDescriptor> = Topic["messages"];
type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

/** One function a topic; for a topic of several messages one function a message. */
export type Emitter<Emits extends Topics> = {
  readonly [Name in keyof Emits]: IsUnion<keyof MessagesOf<Emits[Name]>> extends true
    ? { readonly [M in keyof MessagesOf<Emits[Name]>]: (event: InputOf<MessagesOf<Emits[Name]>[M]>) => void }
    : (event: InputOf<MessagesOf<Emits[Name]>[keyof MessagesOf<Emits[Name]>]>) => void;
};

/**
 * Applies one event. Returns the new state and has no other effect (it may change `state` and return it: it is the
 * reducer's own copy).
 */
export type Reducer<State, Message extends MessageDescriptor, Emits extends Topics> = (
  state: State,
  event: EventOf<Message>,
  ctx: ReducerContext<Emits>,
) => State;

/** A reducer for each topic that the projection reads; for a topic of several messages, one for each message. */
export type Reducers<State, Reads extends Topics, Emits extends Topics> = {
  readonly [Name in keyof Reads]?: IsUnion<keyof MessagesOf<Reads[Name]>> extends true
    ? { readonly [M in keyof MessagesOf<Reads[Name]>]?: Reducer<State, MessagesOf<Reads[Name]>[M], Emits> }
    : Reducer<State, MessagesOf<Reads[Name]>[keyof MessagesOf<Reads[Name]>], Emits>;
};

/** A timer that is due. */
export interface DueTimer {
  readonly name: string;
  readonly dueAtMs: number;
  readonly data: unknown;
}

/** Defines a projection: a state for each key, folded from the key's events in order. Start with `on` and `initial`. */
export interface ProjectionDefinition<State, Reads extends Topics, Emits extends Topics> {
  /** Identifies its rows in the store, and is its consumer group: under another name it starts from the beginning. */
  readonly name: string;
  /** Returns the state of a key before its first event. */
  readonly initial: (key: string) => State;
  /** A reducer for each topic that it reads, by the topic's name in code. */
  readonly on: Reducers<State, Reads, Emits>;
  /**
   * Applies a timer that is due. Before an event is applied, the key's timers that are due before the event's time fire
   * in order of their due time; while no event comes, the wall clock fires them once the lane has caught up.
   */
  readonly onTimer?: (state: State, timer: DueTimer, ctx: ReducerContext<Emits>) => State;
  /**
   * How many latest event ids of a key are remembered, to ignore events that a producer sent twice. Default 64; with 0
   * such events are applied twice.
   */
  readonly rememberIds?: number;
}

/** A projection, as `defineProjection` of a generated consumer package returns it. */
export interface Projection<State = unknown, Reads extends Topics = Topics, Emits extends Topics = Topics>
  extends ProjectionDefinition<State, Reads, Emits> {
  readonly kind: "projection";
  /** The topics in `on`. */
  readonly reads: Topics;
  /** All topics that it may emit to. */
  readonly emits: Emits;
}

/**
 * Defines a projection of a contract's topics: `on` has a reducer for each topic that it reads. Throws
 * `options_invalid` for an unknown field, and if `on` has no topic or one that is not in the contract.
 */
export function defineProjection<State, T extends Topics>(
  topics: T,
  definition: ProjectionDefinition<State, T, T>,
): Projection<State, T, T> {
  checkNames(`cannot define projection ${definition.name}`, definition, names);
  if (definition.name.endsWith(outboxEnding))
    throw new KeylineError("options_invalid", `no projection may be named ${definition.name}: outboxes are named so`);
  const reads = Object.fromEntries(readTopics(topics, definition.on).map(({ name, topic }) => [name, topic]));
  return Object.freeze({ kind: "projection", ...definition, reads, emits: topics });
}

/** A definition may be made from a projection, with what is to be another one. */
const names: NamesOf<Projection> = {
  name: true,
  initial: true,
  on: true,
  onTimer: true,
  rememberIds: true,
  kind: true,
  reads: true,
  emits: true,
};

/** A projection with any state, as functions that run one accept it. */
export interface AnyProjection {
  readonly kind: "projection";
  readonly name: string;
  readonly initial: (key: string) => unknown;
  readonly on: object;
  readonly onTimer?: (state: never, timer: DueTimer, ctx: never) => unknown;
  readonly rememberIds?: number;
  readonly reads: Topics;
  readonly emits: Topics;
}
