import type { RecordPosition } from "../hooks.js";
import type { TopicPartition } from "./transport.js";

/** A lane of an app: partition `lane` of every topic of a domain. */
export interface LaneId {
  readonly app: string;
  readonly domain: string;
  readonly lane: number;
}

/** A lane with the epoch under which its owner writes. */
export interface OwnedLane extends LaneId {
  readonly epoch: number;
}

/** How far an app has applied a topic-partition. */
export interface StoredPosition {
  readonly topic: string;
  readonly partition: number;
  /** Every record below this offset is applied, dead-lettered or skipped. */
  readonly next: number;
  /** The last applied record below `next`, to detect a log that was recreated; null before the first. */
  readonly last: { readonly offset: number; readonly fingerprint: string } | null;
}

/** The state of one key, with the runtime's own data about it. */
export interface StateRow {
  readonly key: string;
  /** Grows by one with each write; a write names the version that it read. */
  readonly version: number;
  /** The reducer's state, as JSON; null if the reducer has none yet. */
  readonly state: unknown;
  /** The runtime's own data about the key (applied ids, offsets, sequence numbers, timers), as JSON. */
  readonly meta: unknown;
}

/** An event that waits to be published. */
export interface OutboxRow {
  /** Grows in the order of publication within the lane; assigned by the lane's owner. */
  readonly seq: number;
  readonly key: string;
  /** The event, as JSON that only the runtime reads. */
  readonly record: unknown;
}

/** An event that waits for its key to be released (P7, `hold`). */
export interface ParkedRow {
  /** Grows in the order of parking within the lane; assigned by the lane's owner. */
  readonly seq: number;
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The record and the reason, as JSON that only the runtime reads. */
  readonly record: unknown;
}

/** A request to release a key with parked events; the lane's owner carries it out. */
export interface ReleaseCommand {
  readonly id: number;
  readonly key: string;
  /**
   * `replay` applies the parked events in order; `skip` moves the first to the dead letters, then replays the others.
   */
  readonly action: "replay" | "skip";
  /** The requester's name, for the audit trail. */
  readonly by: string;
  /** The number of events that it has released so far. */
  readonly progress: number;
}

/** The progress of a command; with a result it is done. */
export interface CommandChange {
  readonly id: number;
  readonly progress: number;
  readonly result: string | null;
}

/** The content of a lane when an owner takes it. */
export interface LaneSnapshot {
  /** One higher than the previous owner's. */
  readonly epoch: number;
  readonly positions: readonly StoredPosition[];
  /** When the next timer of each key of this lane is due, for keys that have one (milliseconds since 1970). */
  readonly timers: readonly { readonly key: string; readonly dueAtMs: number }[];
  readonly outbox: readonly OutboxRow[];
  readonly parked: readonly ParkedRow[];
}

/**
 * Timers of a key that the wall clock fired. The log does not have them: a replay of the key needs these rows as well
 * to arrive at the same state.
 */
export interface ClockFiring {
  readonly key: string;
  /** Timers that were due before this time fired (milliseconds since 1970). */
  readonly beforeMs: number;
  /** The timers that fired, in order. */
  readonly timers: readonly { readonly name: string; readonly dueAtMs: number }[];
  /** By topic-partition: the key's records below this offset had been applied, those at or above it had not. */
  readonly below: readonly (TopicPartition & { readonly offset: number })[];
}

/** Everything that one transaction of a lane changes. */
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
  /** Removed before the others are added: a row whose number is in both is rewritten. */
  readonly parkedRemoved: readonly number[];
  readonly firings: readonly ClockFiring[];
  readonly commands: readonly CommandChange[];
}

/** Which lanes of an app to reset, and how. */
export interface ResetRequest {
  readonly app: string;
  readonly domain: string;
  readonly lanes: readonly number[];
  /** Logs that are not the ones that were applied: the output of their events is published. */
  readonly replaced: readonly TopicPartition[];
  /**
   * The first record of each log that has lost its beginning. Refused events below it stay noted, so that a replay of
   * their dead letters is applied; those that the log still has are applied from there. Default: no log has lost any
   * record.
   */
  readonly begins?: readonly RecordPosition[];
  /** Whether all output is published again: readers then get it a second time. */
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
  /** The number of keys whose states start again. */
  readonly keys: number;
}

/**
 * Where projections keep state, positions, timers and outgoing events: everything that a transaction changes together.
 * Rejections are KeylineErrors: `lane_fenced` (another owner took the lane: nothing was written), `state_conflict` (a
 * row's version is not the expected one: nothing was written), `store_unavailable` (nothing was written; if a write is
 * not retryable, its content was refused); for a write also `outcome_unknown` (the answer to its commit was lost:
 * either all of it was written or nothing) and `store_format` (the tables are not those that the store's package
 * created: nothing was written).
 */
export interface Store extends AsyncDisposable {
  /**
   * The format of the store: of this port, and of the JSON that the runtime stores. A runtime refuses a store of
   * another format (`store_format`). A store's package states the number itself; it does not take it from the runtime.
   */
  readonly format: 2;
  /**
   * Takes a lane in one transaction: raises its epoch, so that every earlier owner is fenced, then reads its content.
   */
  takeLane(lane: LaneId): Promise<LaneSnapshot>;
  /** Reads the rows of keys; keys without a row are left out. */
  readStates(
    app: { readonly app: string; readonly domain: string },
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, StateRow>>;
  /** When the next timer of each of the lane's keys is due, including timers that the owner of another lane has set. */
  readTimers(lane: LaneId): Promise<LaneSnapshot["timers"]>;
  /** The first parked events of a key in a lane, in the order of parking; at most `limit`. */
  readParked(lane: LaneId, key: string, limit: number): Promise<readonly ParkedRow[]>;
  /**
   * Asks the owners of the lanes in which events of the key are parked to release it. Resolves to the commands' ids;
   * none if no event of it is parked. The request, the requester and the result are kept.
   */
  askRelease(
    app: { readonly app: string; readonly domain: string },
    command: Pick<ReleaseCommand, "key" | "action" | "by">,
  ): Promise<readonly number[]>;
  /** Commands for a lane that are not done, oldest first. */
  readCommands(lane: LaneId): Promise<readonly ReleaseCommand[]>;
  /** The timers of a key that the wall clock fired, oldest first. Rows are kept until the operator deletes them. */
  readFirings(app: { readonly app: string; readonly domain: string }, key: string): Promise<readonly ClockFiring[]>;
  /** One transaction: locks the lane's row, checks its epoch, and writes everything or nothing. */
  write(lane: OwnedLane, changes: LaneChanges): Promise<void>;
  /** Whether the epoch is still the lane's current one. */
  holds(lane: OwnedLane): Promise<boolean>;
  /**
   * Resets all of the lanes or none, in one transaction: raises their epochs, replaces their rows by the result of
   * `resetRows`, and removes positions, timers, firings, parked events and commands, all of which come from the logs
   * again. The outbox stays: the next owner publishes it first. Lanes that were never taken are left out. The requester
   * and the request are kept.
   */
  resetLanes(request: ResetRequest): Promise<readonly LaneReset[]>;
  /** Refuses further calls with `closed`; calls in progress get `timeoutMs` to end. Default: no limit. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
