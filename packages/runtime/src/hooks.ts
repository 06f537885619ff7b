import { harmless } from "@keyline/json-schema";
import type { KeylineError } from "./errors.js";
import type { Partitioner } from "./key/partitioner.js";
import { checkNames, type NamesOf } from "./known-names.js";
import type { TopicPartition } from "./ports/transport.js";

/** A place on a log. */
export interface RecordPosition extends TopicPartition {
  readonly offset: number;
}

/**
 * Why an event does not wait for a cause. `absent`: it has no header (its producer does not use Keyline). `partition`,
 * `cluster`, `domain`: the position lies elsewhere. `not_read`: this consumer does not read the topic. `malformed`: it
 * cannot be a cause. `missing`: the log ends below it.
 */
export type CauseIgnored = "absent" | "partition" | "cluster" | "domain" | "not_read" | "malformed" | "missing";

/**
 * Why a number in `keyline-seq` is not noted. `number`: the lane's logs do not hold as many events. `name`: the topic's
 * senders use more names than 16 for the key, or one of more than 249 characters.
 */
export type SequenceIgnored = "number" | "name";

/** A place on a log that a consumer or a projection reads. */
export interface ReadPosition extends RecordPosition {
  /** Its consumer group. */
  readonly group: string;
}

/** Writes lines for people. `console` fits. */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/**
 * Callbacks for what happens inside, each called synchronously and never awaited; one that throws is logged and ignored.
 * Keys and ids are in the events for logs and traces: never make them metric labels.
 */
export interface Hooks {
  /** A batch went to the broker. */
  sent?(event: TopicPartition & { readonly records: number; readonly bytes: number }): void;
  /** The broker has an event; `waitedMs` since `send` was called. */
  acknowledged?(event: RecordPosition & { readonly key: string | null; readonly waitedMs: number }): void;
  /** An event waits for its cause. */
  held?(event: ReadPosition & { readonly key: string; readonly cause: RecordPosition }): void;
  /** A held event goes on. */
  released?(event: ReadPosition & { readonly key: string; readonly heldMs: number }): void;
  /** An event that names a cause does not wait for it, for this reason. */
  causeIgnored?(event: ReadPosition & { readonly reason: CauseIgnored }): void;
  /** An event was handled: the handler, or the transaction, has finished. */
  handled?(
    event: ReadPosition & { readonly key: string | null; readonly attempts: number; readonly tookMs: number },
  ): void;
  /** An event was handled whose payload says an integer beyond 2^53-1: the app saw it without its last digits. */
  integerRounded?(event: ReadPosition & { readonly key: string | null }): void;
  /** A handler failed and will be called again after `delayMs`. */
  retried?(
    event: ReadPosition & {
      readonly key: string | null;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: KeylineError;
    },
  ): void;
  /**
   * A call of a handler takes longer than `handlerTimeoutMs`, and may never end: its key waits, and `ctx.signal` has fired. A
   * process in which such calls add up is best started again.
   */
  handlerLate?(
    event: ReadPosition & { readonly key: string | null; readonly attempt: number; readonly timeoutMs: number },
  ): void;
  /** An event waits, durably, for its key to be released (`hold`); `error` says why the first of the key does. */
  parked?(event: ReadPosition & { readonly key: string; readonly error: KeylineError | null }): void;
  /** A parked event was applied, or moved to the dead letters, by a command. */
  unparked?(
    event: ReadPosition & { readonly key: string; readonly as: "replayed" | "skipped"; readonly by: string },
  ): void;
  /** A command to release a key has ended. */
  releaseEnded?(event: {
    readonly group: string;
    readonly key: string;
    readonly by: string;
    readonly result: string;
  }): void;
  deadLettered?(event: ReadPosition & { readonly key: string | null; readonly error: KeylineError }): void;
  /**
   * A projection has noted 1,000 refused events of a key, and has forgotten this one: a replay of its dead letter will not be
   * applied any more.
   */
  refusalForgotten?(event: ReadPosition & { readonly key: string }): void;
  /** A timer failed as often as an event may, and is dropped: its key goes on without it. */
  timerDropped?(event: {
    readonly group: string;
    readonly key: string;
    readonly timer: string;
    readonly error: KeylineError;
  }): void;
  /**
   * An event was left out: already applied (by id, offset or sequence number). `id_reused`: its id is that of an event of
   * its topic and key with another payload; its producer gives one id twice, or someone with WRITE on the topic copied it.
   * `other_group`: a dead letter that was sent again for another group. `not_refused`: one sent again for this group, whose
   * projection has not refused the event, or has applied it since.
   */
  ignored?(
    event: ReadPosition & {
      readonly key: string | null;
      readonly reason:
        | "duplicate_id"
        | "id_reused"
        | "applied_offset"
        | "applied_sequence"
        | "other_group"
        | "not_refused";
    },
  ): void;
  /**
   * A projection applied an event without noting its `keyline-seq`, of the name `scope`, for this reason: it knows the event
   * again by its id alone.
   */
  sequenceIgnored?(
    event: ReadPosition & { readonly key: string | null; readonly scope: string; readonly reason: SequenceIgnored },
  ): void;
  /** A transaction was rolled back: another owner has the lane. */
  fenced?(event: { readonly group: string; readonly domain: string; readonly lane: number }): void;
  /**
   * A record lies on another partition than its key's. `matches` names the partitioners that put the key where it lies: by
   * chance each does now and then, and over many records one is always among them.
   */
  wrongPartition?(
    event: ReadPosition & {
      readonly key: string;
      readonly expected: number;
      readonly matches: readonly Partitioner[];
    },
  ): void;
  /**
   * The partition count of a topic in use changed and is not the one that is needed: with another count keys lie elsewhere,
   * or dead letters find no place. Called when it is noticed and, with `found` as `expected`, when it is over.
   */
  partitionCount?(event: { readonly topic: string; readonly expected: number; readonly found: number }): void;
  /**
   * A transaction of some producer has stayed open for `openMs` (10,000 or more): nothing at or behind `offset` is handed
   * over before it ends, with its producer or by its `transaction.timeout.ms`. Called every 5 s while it lasts.
   */
  transactionOpen?(event: ReadPosition & { readonly openMs: number }): void;
  /** No member of the group reads these: a rolling deploy that adds a topic is under way. */
  unread?(event: { readonly group: string; readonly partitions: readonly TopicPartition[] }): void;
  laneTaken?(event: {
    readonly group: string;
    readonly domain: string;
    readonly lane: number;
    readonly epoch: number | null;
  }): void;
  /**
   * A lane waits for its store, which did not do what it was asked for: called at each try. Nothing of the lane is lost or
   * given up; it goes on by itself.
   */
  laneWaiting?(event: {
    readonly group: string;
    readonly domain: string;
    readonly lane: number;
    readonly error: KeylineError;
  }): void;
  laneLost?(event: {
    readonly group: string;
    readonly domain: string;
    readonly lane: number;
    readonly reason: string;
  }): void;
}

const names: NamesOf<Hooks> = {
  sent: true,
  acknowledged: true,
  held: true,
  released: true,
  causeIgnored: true,
  handled: true,
  integerRounded: true,
  retried: true,
  handlerLate: true,
  parked: true,
  unparked: true,
  releaseEnded: true,
  deadLettered: true,
  refusalForgotten: true,
  timerDropped: true,
  ignored: true,
  sequenceIgnored: true,
  fenced: true,
  wrongPartition: true,
  partitionCount: true,
  transactionOpen: true,
  unread: true,
  laneTaken: true,
  laneWaiting: true,
  laneLost: true,
};

/**
 * The hooks, each guarded: one that throws must not change what happens. Throws `options_invalid` for a hook that there is
 * not: it would never be called.
 */
export const safeHooks = (hooks: Hooks | undefined): Hooks => guardedHooks(hooks, names);

type Told<Event> = Event extends { readonly group: string }
  ? Omit<Event, "group"> & { readonly group?: string }
  : Event;
type EventOf<Name extends keyof Hooks> = Parameters<NonNullable<Hooks[Name]>>[0];

/** Hooks as what reads for one group calls them: it need not say which. */
export type GroupHooks = { readonly [Name in keyof Hooks]?: (event: Told<EventOf<Name>>) => void };

/** Hooks that are told which group their events are of. */
export function hooksOfGroup(hooks: Hooks, group: string): GroupHooks {
  // The count of a topic is no group's.
  const { partitionCount, ...others } = hooks;
  const told = Object.entries(others).map(([name, hook]) => {
    const tell = hook as (event: object) => void;
    return [name, (event: object) => tell({ ...event, group })] as const;
  });
  return { ...Object.fromEntries(told), ...(partitionCount && { partitionCount }) };
}

/** As {@link safeHooks}, for hooks of other names. */
export function guardedHooks<T extends object>(hooks: T | undefined, names: NamesOf<T>): Partial<T> {
  if (!hooks) return {};
  checkNames("cannot take these hooks", hooks, names, "hook");
  const guarded = Object.entries(hooks).map(([name, hook]) => {
    const guard = (event: never) => {
      try {
        (hook as (event: never) => void)(event);
      } catch (caught) {
        process.emitWarning(
          harmless(`hook ${name} threw: ${caught instanceof Error ? caught.message : String(caught)}`),
        );
      }
    };
    return [name, guard] as const;
  });
  return Object.fromEntries(guarded) as Partial<T>;
}
