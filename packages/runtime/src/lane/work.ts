import type { RecordPosition } from "../hooks.js";
import type { PartitionLog } from "./partition-log.js";

/** A record as it arrives at its lane. */
export interface Arriving<Item = unknown> extends RecordPosition {
  /** What is kept in order: records of one order key run one after the other. */
  readonly orderKey: string;
  /** What must be finished first, at most one position a topic, all of this lane. */
  readonly causes: readonly RecordPosition[];
  readonly item: Item;
}

/** One record on its way through a lane. */
export interface Work<Item = unknown> extends Arriving<Item> {
  /** Grows with each record that the lane receives, over its topics. */
  readonly arrival: number;
  /** The log that it lies on. */
  readonly log: PartitionLog;
}

/** What waits of one order key. */
export interface KeyQueue<Item> {
  readonly orderKey: string;
  /** Waiting records by log, each list in order of offset. */
  readonly lists: Map<PartitionLog, Work<Item>[]>;
  /** A record of the key is taken and not settled. */
  busy: boolean;
  /** A work that is to be tried again, not before this time (monotonic milliseconds); what arrived after it waits too. */
  delayed: { readonly work: Work<Item>; readonly untilMs: number } | null;
  /** How far logs were looked through beyond what is fetched: up to there lies nothing of the key. Null for none. */
  looked: Map<PartitionLog, Looked> | null;
}

export interface Looked {
  readonly clearTo: number;
  /** Whether a record of the key lies at `clearTo`: it has to be fetched. */
  readonly blocked: boolean;
}
