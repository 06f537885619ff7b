import type { RecordPosition } from "../hooks.js";
import type { TopicPartition } from "./transport.js";

/** One lane of one app: partition `lane` of every topic of a domain. */
export interface LaneId {
  readonly app: string;
  readonly domain: string;
  readonly lane: number;
}

/** A lane with the epoch by which its owner writes. */
export interface OwnedLane extends LaneId {
  readonly epoch: number;
}

/** How far an app has applied one topic-partition. */
export interface StoredPosition {
  readonly topic: string;
  readonly partition: number;
  /** Every record below this offset is applied (or dead-lettered, or skipped). */
  readonly next: number;
  /** The last record applied below `next`, to notice a log that was recreated; null before the first. */
  readonly last: { readonly offset: number; readonly fingerprint: string } | null;
}

/** The state of one key, with what the runtime remembers of it. */
export interface StateRow {
  readonly key: string;
  /** Grows by one with each write; a write names the version that it read. */
  readonly version: number;
  /** The reducer's state, as JSON; null where the reducer has none yet. */
  readonly state: unknown;
  /** The runtime's own memory of the key (applied ids, offsets, sequence numbers, timers), as JSON. */
  readonly meta: unknown;
}

/** An event that waits to be published. */
export interface OutboxRow {
  /** Grows in the order of publication within the lane; given by the lane's owner. */
  readonly seq: number;
  readonly key: string;
  /** The event, as JSON that only the runtime reads. */
  readonly record: unknown;
}

/** An event that waits for its key to be released (P7, `hold`). */
export interface ParkedRow {
  /** Grows in the order of parking within the lane; given by the lane's owner. */
  readonly seq: number;
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The record and why it waits, as JSON that only the runtime reads. */
  readonly record: unknown;
}

/** A request to release a key whose events are parked; the lane's owner carries it out. */
export interface ReleaseCommand {
  readonly id: number;
  readonly key: string;
  /** `replay` applies the parked events in order; `skip` gives the first to the dead letters, then replays the others. */
  readonly action: "replay" | "skip";
  /** The requester's name, for the audit trail. */
  readonly by: string;
  /** How many events it has released so far. */
  readonly progress: number;
}

/** How far a command got; with a result it is done. */
export interface CommandChange {
  readonly id: number;
  readonly progress: number;
  readonly result: string | null;
}

/** What an owner finds on taking a lane. */
export interface LaneSnapshot {
  /** One higher than the previous owner's. */
  readonly epoch: number;
  readonly positions: readonly StoredPosition[];
  /** When the next timer of a key of this lane is due, for keys that have any (milliseconds since 1970). */
  readonly timers: readonly { readonly key: string; readonly dueAtMs: number }[];
  readonly outbox: readonly OutboxRow[];
  readonly parked: readonly ParkedRow[];
}

/**
 * Timers of a key that the wall clock fired. The log does not have them: a replay of the key needs these rows beside the
 * log to arrive at the same state.
 */
export interface ClockFiring {
  readonly key: string;
  /** Timers that were due before this instant fired (milliseconds since 1970). */
  readonly beforeMs: number;
  /** Those that fired, in order. */
  readonly timers: readonly { readonly name: string; readonly dueAtMs: number }[];
  /** By topic-partition: the key's records below this offset were applied before, those at or above it were not. */
  readonly below: readonly (TopicPartition & { readonly offset: number })[];
}

/** All that one transaction of a lane changes. */
export interface LaneChanges {
  /** Moved by compare-and-set: `from` is the `next` that this owner wrote or read last, null for none. */
  readonly positions: readonly (StoredPosition & { readonly from: number | null })[];
  readonly states: readonly {
    readonly key: string;
    /** The version that was read; 0 when there was no row. */
    readonly version: number;
    readonly state: unknown;
    readonly meta: unknown;
    /** The key's own lane, which fires its timers: not this lane for a record on the wrong partition. */
    readonly lane: number;
    /** When the key's next timer is due (milliseconds since 1970); null for none. */
    readonly dueAtMs: number | null;
  }[];
  readonly outboxAdded: readonly OutboxRow[];
  readonly outboxRemoved: readonly number[];
  readonly parkedAdded: readonly ParkedRow[];
  /** Taken away before the others are added: a row whose number is in both is written anew. */
  readonly parkedRemoved: readonly number[];
  readonly firings: readonly ClockFiring[];
  readonly commands: readonly CommandChange[];
}

/** Which lanes of an app to reset, and how. */
export interface ResetRequest {
  readonly app: string;
  readonly domain: string;
  readonly lanes: readonly number[];
  /** Logs that are not those that were applied: what their events emit is published. */
  readonly replaced: readonly TopicPartition[];
  /**
   * The first record of each log that has lost those before. What was refused there stays noted, so that a replay of its dead
   * letter is applied; what the log still has comes from it again. Default: no log has lost any.
   */
  readonly begins?: readonly RecordPosition[];
  /** Whether everything that is emitted again is published: it reaches readers a second time. */
  readonly publish: boolean;
  /** The requester's name, for the audit trail. */
  readonly by: string;
  /** The wall clock (milliseconds since 1970). */
  readonly nowMs: number;
}

/** A lane that was reset. */
export interface LaneReset {
  readonly lane: number;
  /** The lane's new epoch: every owner of an earlier one is fenced. */
  readonly epoch: number;
  /** Keys whose states begin again. */
  readonly keys: number;
}

/**
 * Where projections keep state, positions, timers and outgoing events: all that a transaction changes together.
 * Rejections are KeylineErrors: `lane_fenced` (another owner took the lane: nothing was written),
 * `state_conflict` (a row's version is not the one named: nothing was written),
 * `store_unavailable` (nothing was written; of a write that is not retryable: what is in it is refused), of a write also
 * `outcome_unknown` (the answer to its commit was lost: all of it was written, or nothing) and `store_format` (its tables are
 * not what its package made: nothing was written).
 */
export interface Store extends AsyncDisposable {
  /**
   * The format that the store speaks: of this port, and of what the runtime puts into it as JSON. A runtime refuses a store
   * of another format (`store_format`). A store's package states the number itself; it does not take it from the runtime.
   */
  readonly format: 2;
  /** Takes a lane: raises its epoch, so that every earlier owner is fenced, then reads what it holds, in one transaction. */
  takeLane(lane: LaneId): Promise<LaneSnapshot>;
  /** Reads the rows of keys; keys without a row are left out. */
  readStates(
    app: { readonly app: string; readonly domain: string },
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StateRow>>;
  /** When the next timer of each of the lane's keys is due: also those that an owner of another lane has set. */
  readTimers(lane: LaneId): Promise<LaneSnapshot["timers"]>;
  /** The first parked events of a key in a lane, in the order of parking; `limit` at most. */
  readParked(lane: LaneId, key: string, limit: number): Promise<readonly ParkedRow[]>;
  /**
   * Asks the owners of the lanes in which events of the key are parked to release it. Resolves to the commands' ids: none
   * when nothing of it is parked. What was asked, by whom, and what came of it is kept.
   */
  askRelease(
    app: { readonly app: string; readonly domain: string },
    command: Pick<ReleaseCommand, "key" | "action" | "by">,
  ): Promise<readonly number[]>;
  /** Commands for a lane that are not done, oldest first. */
  readCommands(lane: LaneId): Promise<readonly ReleaseCommand[]>;
  /** What the wall clock fired for a key, oldest first. Rows are kept until the operator deletes them. */
  readFirings(app: { readonly app: string; readonly domain: string }, key: string): Promise<readonly ClockFiring[]>;
  /** One transaction: locks the lane's row, checks its epoch, writes everything or nothing. */
  write(lane: OwnedLane, changes: LaneChanges): Promise<void>;
  /** Whether the epoch is still the lane's. */
  holds(lane: OwnedLane): Promise<boolean>;
  /**
   * Resets lanes, all of them or none, in one transaction: raises their epochs, makes their rows what `resetRows` says, and
   * removes positions, timers, firings, parked events and commands, which are all read again from the logs. The outbox stays: the
   * next owner publishes it first. Lanes that were never taken are left out. Who asked, and what for, is kept.
   */
  resetLanes(request: ResetRequest): Promise<readonly LaneReset[]>;
  /** Refuses further calls with `closed`; calls that are under way get `timeoutMs` to end, by default as long as they take. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
