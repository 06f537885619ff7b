import { KeylineError } from "../errors.js";
import type { GroupHooks } from "../hooks.js";
import { type ArrivalOptions, arrive, type ReadTopic } from "../lane/arrival.js";
import type { LaneGroup, RecordBatch } from "../ports/transport.js";
import type { Topology } from "../topology.js";
import type { Backpressure } from "./backpressure.js";
import type { ByteBudget } from "./byte-budget.js";
import type { MemberLane } from "./lane-worker.js";

export interface IntakeOptions {
  readonly topics: readonly ReadTopic[];
  readonly groups: readonly LaneGroup[];
  readonly topology: Topology;
  readonly pressure: Backpressure;
  readonly budget: ByteBudget;
  readonly clusterId: () => string;
  readonly onWrongPartition: "process" | "dead-letter";
  readonly hooks: GroupHooks;
  /** Ends the consumer with an error. */
  fail(error: unknown): void;
}

/** Takes what a fetch brought into the lane's queue. */
export type Intake = (lane: MemberLane, batch: RecordBatch) => void;

/** @see Intake */
export function createIntake(options: IntakeOptions): Intake {
  const topicOf = new Map(options.topics.map((topic) => [topic.address, topic]));
  const readsOf = new Map(options.groups.map((group) => [group.name, new Set(group.topics)]));

  return ({ group, worker }, batch) => {
    const topic = topicOf.get(batch.topic);
    if (!topic) return;
    const { queue } = worker;
    const log = queue.log(batch);
    if (log && batch.fromOffset > log.next) return options.fail(skipped(batch, log.next));
    // A fetch that was under way when the lane was opened again brings what is known already.
    const records = batch.records.filter((record) => record.offset >= (log?.next ?? 0));
    const arrivalOptions: ArrivalOptions = {
      reads: readsOf.get(group.name) ?? new Set(),
      partitions: options.topology.partitionsOf(topic.topic, topic.address),
      clusterId: options.clusterId(),
      onWrongPartition: options.onWrongPartition,
      hooks: options.hooks,
    };
    const arriving = records.map((record) => arrive(record, topic, arrivalOptions));
    queue.add(batch, batch.nextOffset, arriving);
    options.budget.arrived(arriving.reduce((sum, { bytes }) => sum + bytes, 0));
    options.pressure.regulate(queue);
    worker.wake();
  };
}

/** Positions would move over what was not handed over: a transport that loses its place is not to lose records. */
const skipped = ({ topic, partition, fromOffset }: RecordBatch, next: number): KeylineError =>
  new KeylineError(
    "records_skipped",
    `cannot go on with ${topic}/${partition}: the transport returned records from ${fromOffset} on, but not those from ${next} to there`,
  );
