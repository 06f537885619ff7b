import { harmless } from "@keyline/json-schema";
import type { KeylineError } from "./errors.js";
import type { Partitioner } from "./key/partitioner.js";
import { checkNames, type NamesOf } from "./known-names.js";
import type { TopicPartition } from "./ports/transport.js";

/** A record's position. */
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
 * Callbacks for metrics, logs and traces. Each is called synchronously and never awaited; one that throws is logged and
 * ignored. Keys and ids are passed for logs and traces: never make them metric labels.
 */
export interface Hooks {
  /** A batch was sent to the broker. */
  sent?(event: TopicPartition & { readonly records: number; readonly bytes: number }): void;
  /** The broker has acknowledged an event, `waitedMs` after the call of `send`. */
  acknowledged?(event: RecordPosition & { readonly key: string | null; readonly waitedMs: number }): void;
  /** An event waits for its cause. */
  held?(event: ReadPosition & { readonly key: string; readonly cause: RecordPosition }): void;
  /** A held event goes on. */
  released?(event: ReadPosition & { readonly key: string; readonly heldMs: number }): void;
  /** An event does not wait for a cause that it names, for this reason. */
  causeIgnored?(event: ReadPosition & { readonly reason: CauseIgnored }): void;
  /** An event was handled: its handler, or the projection's transaction, has finished. */
  handled?(
    event: ReadPosition & { readonly key: string | null; readonly attempts: number; readonly tookMs: number },
  ): void;
  /** An event was handled that has an integer beyond 2^53-1: the app saw it without its last digits. */
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
   * A call of a handler has run longer than `handlerTimeoutMs` and may never end: its key waits, and `ctx.signal` has
   * fired. Restart a process in which such calls accumulate.
   */
  handlerLate?(
    event: ReadPosition & { readonly key: string | null; readonly attempt: number; readonly timeoutMs: number },
  ): void;
  /** An event was parked until its key is released (`hold`); `error` says why the first event of the key failed. */
  parked?(event: ReadPosition & { readonly key: string; readonly error: KeylineError | null }): void;
  /** A command applied a parked event, or moved it to the dead letters. */
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
  /** An event was written to its dead-letter topic, for this reason. */
  deadLettered?(event: ReadPosition & { readonly key: string | null; readonly error: KeylineError }): void;
  /**
   * A projection has noted 1,000 refused events of a key and has forgotten this one: a replay of its dead letter will
   * not be applied.
   */
  refusalForgotten?(event: ReadPosition & { readonly key: string }): void;
  /** All attempts of a timer failed, and it was dropped; its key goes on without it. */
  timerDropped?(event: {
    readonly group: string;
    readonly key: string;
    readonly timer: string;
    readonly error: KeylineError;
  }): void;
  /**
   * An event was ignored, since it was applied before (recognised by id, offset or sequence number). `id_reused`:
   * another event of its topic and key had the same id and another payload; its producer used an id twice, or a user
   * with WRITE on the topic copied it. `other_group`: a dead letter that was sent again for another group.
   * `not_refused`: one that was sent again for this group, whose projection has not refused the event or has applied it
   * since.
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
   * A projection applied an event without noting its `keyline-seq` of the scope `scope`, for this reason: only its id
   * can identify duplicates of it.
   */
  sequenceIgnored?(
    event: ReadPosition & { readonly key: string | null; readonly scope: string; readonly reason: SequenceIgnored },
  ): void;
  /** A transaction was rolled back: another owner has the lane. */
  fenced?(event: { readonly group: string; readonly domain: string; readonly lane: number }): void;
  /**
   * A record is on the wrong partition for its key. `matches` names the partitioners that choose the partition on which
   * it is: a single match may be chance, but over many records the producer's partitioner is always among them.
   */
  wrongPartition?(
    event: ReadPosition & {
      readonly key: string;
      readonly expected: number;
      readonly matches: readonly Partitioner[];
    },
  ): void;
  /**
   * The partition count of a topic in use has changed and is wrong: keys would go to other partitions, or dead letters
   * have no partition. Called when it is noticed and, with `found` equal to `expected`, when it is corrected.
   */
  partitionCount?(event: { readonly topic: string; readonly expected: number; readonly found: number }): void;
  /**
   * Another producer's transaction has stayed open for `openMs` (10,000 or more). No record from `offset` on can be
   * read until it ends, with its producer or by its `transaction.timeout.ms`. Called every 5 s meanwhile.
   */
  transactionOpen?(event: ReadPosition & { readonly openMs: number }): void;
  /** No member of the group reads these partitions: a rolling deploy that adds a topic is in progress. */
  unread?(event: { readonly group: string; readonly partitions: readonly TopicPartition[] }): void;
  /** A lane was assigned to this member. */
  laneTaken?(event: {
    readonly group: string;
    readonly domain: string;
    readonly lane: number;
    readonly epoch: number | null;
  }): void;
  /**
   * A lane waits, since a request to its store failed; called at each attempt. No event is lost or given up, and the
   * lane goes on by itself.
   */
  laneWaiting?(event: {
    readonly group: string;
    readonly domain: string;
    readonly lane: number;
    readonly error: KeylineError;
  }): void;
  /** A lane was taken away from this member, for this reason. */
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

/** Hooks that receive the group with each of their events. */
export function hooksOfGroup(hooks: Hooks, group: string): GroupHooks {
  // A topic's count belongs to all groups.
  const { partitionCount, ...others } = hooks;
  const told = Object.entries(others).map(([name, hook]) => {
    const tell = hook as (event: object) => void;
    return [name, (event: object) => tell({ ...event, group })] as const;
  });
  return { ...Object.fromEntries(told), ...(partitionCount && { partitionCount }) };
}

/** The same as {@link safeHooks}, for hooks with other names. */
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
