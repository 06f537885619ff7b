import type { Hooks } from "@keyline/runtime";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LaneReport } from "./progress.js";

/** An app's metrics: filled by the runtime's hooks, read by Prometheus. Keys and ids never become labels. */
export interface Metrics {
  readonly hooks: Hooks;
  /** The metrics as Prometheus reads them. */
  text(lanes: readonly LaneReport[]): Promise<string>;
  readonly contentType: string;
}

const seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** The metrics of one process. docs/operations/metrics.md says what each means. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `keyline_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `keyline_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `keyline_${name}`, help, buckets: seconds, registers });

  const handled = counter("handled_total", "Events that were applied.", "topic");
  const ignored = counter("ignored_total", "Events that had been applied already.", "topic", "reason");
  const sequenceIgnored = counter("sequence_ignored_total", "Sequence numbers not noted.", "topic", "reason");
  const retried = counter("retried_total", "Failures after which an event is tried again.", "topic", "code");
  const deadLettered = counter("dead_lettered_total", "Events given to the dead letters.", "topic", "code");
  const parked = counter("parked_total", "Events parked until their key is released.", "topic");
  const unparked = counter("unparked_total", "Parked events that were replayed or skipped.", "topic", "as");
  const timerDropped = counter("timer_dropped_total", "Timers that failed as often as they may.");
  const held = counter("held_total", "Events that waited for their cause.", "topic");
  const heldFor = histogram("held_seconds", "How long an event waited for its cause.");
  const causeIgnored = counter("cause_ignored_total", "Causes that were not waited for.", "reason");
  const causeMissing = counter("cause_missing_total", "Causes that are not in the log where they should be.");
  const wrongPartition = counter("wrong_partition_total", "Records on another partition than their key's.", "topic");
  const rounded = counter("integer_rounded_total", "Events with an integer beyond 2^53-1.", "topic");
  const laneWaits = counter("lane_waits_total", "Tries of a lane's store that failed.");
  const fenced = counter("fenced_total", "Transactions refused because another owner has the lane.");
  const taken = counter("lanes_taken_total", "Lanes that this process took.");
  const lost = counter("lanes_lost_total", "Lanes that this process gave up or lost.", "reason");
  const acknowledged = counter("acknowledged_total", "Events that the broker has.", "topic");
  const waited = histogram("send_seconds", "From the call of send to the broker's answer.");
  const showLanes = createLaneGauges(gauge);

  return {
    contentType: registry.contentType,
    hooks: {
      handled: ({ topic }) => handled.inc({ topic }),
      ignored: ({ topic, reason }) => ignored.inc({ topic, reason }),
      retried: ({ topic, error }) => retried.inc({ topic, code: error.code }),
      deadLettered: ({ topic, error }) => deadLettered.inc({ topic, code: error.code }),
      parked: ({ topic }) => parked.inc({ topic }),
      unparked: ({ topic, as }) => unparked.inc({ topic, as }),
      timerDropped: () => timerDropped.inc(),
      held: ({ topic }) => held.inc({ topic }),
      released: ({ heldMs }) => heldFor.observe(heldMs / 1000),
      causeIgnored: ({ reason }) => (reason === "missing" ? causeMissing.inc() : causeIgnored.inc({ reason })),
      sequenceIgnored: ({ topic, reason }) => sequenceIgnored.inc({ topic, reason }),
      wrongPartition: ({ topic }) => wrongPartition.inc({ topic }),
      integerRounded: ({ topic }) => rounded.inc({ topic }),
      fenced: () => fenced.inc(),
      laneWaiting: () => laneWaits.inc(),
      laneTaken: () => taken.inc(),
      laneLost: ({ reason }) => lost.inc({ reason }),
      acknowledged({ topic, waitedMs }) {
        acknowledged.inc({ topic });
        waited.observe(waitedMs / 1000);
      },
    },
    text(lanes) {
      showLanes(lanes);
      return registry.metrics();
    },
  };
}

type CreateGauge = (name: string, help: string, ...labelNames: string[]) => Gauge;

/** Gauges of the lanes as they are when they are shown. */
function createLaneGauges(gauge: CreateGauge): (lanes: readonly LaneReport[]) => void {
  const owned = gauge("lanes_owned", "Lanes that this process owns.", "domain");
  const unfinished = gauge("unfinished", "Events received and not finished.", "domain");
  const bytes = gauge("unfinished_bytes", "Bytes of events received and not finished.", "domain");
  const lag = gauge("lag", "Records of a partition that are not finished.", "topic", "partition");

  return (lanes) => {
    for (const one of [owned, unfinished, bytes, lag]) one.reset();
    for (const { domain, unfinished: open, unfinishedBytes, partitions } of lanes) {
      owned.inc({ domain });
      unfinished.inc({ domain }, open);
      bytes.inc({ domain }, unfinishedBytes);
      for (const one of partitions) lag.set({ topic: one.topic, partition: String(one.partition) }, one.lag);
    }
  };
}

/** Two sets of hooks as one. */
export function bothHooks(first: Hooks, second: Hooks): Hooks {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]) as Set<keyof Hooks>;
  return Object.fromEntries(
    [...names].map((name) => {
      const both = [first[name], second[name]] as (((event: never) => void) | undefined)[];
      return [name, (event: never) => both.forEach((hook) => void hook?.(event))];
    }),
  );
}
