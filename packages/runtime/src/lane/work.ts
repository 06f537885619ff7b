import type { RecordPosition } from "../hooks.js";
import type { PartitionLog } from "./partition-log.js";

/** A record as it arrives at its lane. */
export interface Arriving<Item = unknown> extends RecordPosition {
  /** What is kept in order: records of one order key run one after the other. */
  readonly orderKey: string;
  /** What must be finished first, at most one position a topic, all of this lane. */
  readonly causes: readonly RecordPosition[];
  /** What it takes in memory until it is finished. */
  readonly bytes: number;
  readonly item: Item;
}

/** One record on its way through a lane. */
export interface Work<Item = unknown> extends Arriving<Item> {
  /** Grows with each record that the lane receives, over its topics. */
  readonly arrival: number;
  /** When the lane received it (monotonic milliseconds). */
  readonly arrivedAtMs: number;
  /** The log that it lies on. */
  readonly log: PartitionLog;
}
