import type { Hooks } from "@keyline/runtime";

/** A type of Prometheus. */
export type MetricType = "counter" | "gauge" | "histogram";

/** What metrics are about; the dashboard has a row for each. */
export type MetricSection = "handling" | "failures" | "order" | "lanes" | "cluster" | "sending" | "outbox";

/** What a metric is, for readers: its type, its labels, and when to worry. */
export interface MetricAbout {
  readonly name: string;
  readonly section: MetricSection;
  readonly type: MetricType;
  readonly labels: readonly string[];
  /** A counter that stays at 0 or has a few: the dashboard shows how many there were, not a rate. */
  readonly isRare?: true;
  /** A sentence, for Prometheus. */
  readonly help: string;
  /** What it means, and when to worry; the page of metrics shows it. */
  readonly meaning: string;
}

/** The name of a hook. */
export type HookName = keyof Hooks;
type EventOf<Name extends HookName> = Parameters<NonNullable<Hooks[Name]>>[0];

/** A metric that is filled by one of the runtime's hooks. */
export interface HookMetric extends MetricAbout {
  readonly hook: HookName;
  /** Whether it counts what the hook reports. */
  counts(event: unknown): boolean;
  /** The labels' values, in their order. */
  values(event: unknown): readonly string[];
  /** What is added, set or observed. */
  amount(event: unknown): number;
}

/** What every lane of this process tells when the metrics are read. */
export interface LaneFigures {
  readonly group: string;
  readonly domain: string;
  readonly unfinished: number;
  readonly unfinishedBytes: number;
  readonly stalledMs: number;
  readonly waitsFor: string | null;
  readonly lateHandlers: number;
  readonly partitions: readonly { readonly topic: string; readonly partition: number; readonly lag: number }[];
}

/** One value of a gauge. */
export interface GaugeSample {
  readonly values: readonly string[];
  readonly amount: number;
}

/** A gauge of the lanes that this process owns, asked for when the metrics are read. */
export interface LaneMetric extends MetricAbout {
  samples(lane: LaneFigures): readonly GaugeSample[];
  /** How the values of lanes with the same labels become one. */
  readonly together: "sum" | "max";
}

/** The figures of an outbox at the time when the metrics are read. */
export interface OutboxFigures {
  /** The number of rows that are not published yet. */
  readonly waiting: number;
  /** The age of the oldest of them (milliseconds); null if none waits. */
  readonly oldestMs: number | null;
  readonly parkedKeys: number;
  /** The number of slots without a relay: their rows are not published now. */
  readonly freeSlots: number;
}

/** A gauge of the outbox, asked for when the metrics are read. */
export interface OutboxMetric extends MetricAbout {
  amount(figures: OutboxFigures): number;
}

interface HookParts<Name extends HookName> extends Omit<MetricAbout, "labels"> {
  readonly labels?: Readonly<Record<string, (event: EventOf<Name>) => string>>;
  readonly counts?: (event: EventOf<Name>) => boolean;
  readonly amount?: (event: EventOf<Name>) => number;
}

/** A row of the table: what a hook tells has the type of its event only here. */
function by<Name extends HookName>(hook: Name, parts: HookParts<Name>): HookMetric {
  const { labels = {}, counts = () => true, amount = () => 1, ...about } = parts;
  const read = Object.values(labels);
  return {
    ...about,
    hook,
    labels: Object.keys(labels),
    counts: counts as (event: unknown) => boolean,
    values: (event) => read.map((one) => one(event as EventOf<Name>)),
    amount: amount as (event: unknown) => number,
  };
}

interface HasTopic {
  readonly topic: string;
}
const topic = (event: HasTopic) => event.topic;
const group = (event: { readonly group: string }) => event.group;
const code = ({ error }: { readonly error: { readonly code: string } }) => error.code;
const reason = (event: { readonly reason: string }) => event.reason;

/** Metrics of events, by the hooks that tell of them. Keys and ids never become labels. */
export const hookMetrics: readonly HookMetric[] = [
  by("handled", {
    name: "keyline_handled_total",
    section: "handling",
    type: "counter",
    labels: { group, topic },
    help: "Events that were handled.",
    meaning: "events that a handler has finished, or a projection has applied",
  }),
  by("handled", {
    name: "keyline_handle_seconds",
    section: "handling",
    type: "histogram",
    labels: { group },
    amount: ({ tookMs }) => tookMs / 1000,
    help: "How long the last attempt to handle an event took.",
    meaning: "how long an event took; the time of a projection's transaction is divided among its events",
  }),
  by("ignored", {
    name: "keyline_ignored_total",
    section: "order",
    type: "counter",
    isRare: true,
    labels: { group, topic, reason },
    help: "Events that had been applied already.",
    meaning:
      "events ignored because they were applied before: normal after a rebalance or a crash; `id_reused`: one id with two contents, a producer's fault or a forgery; `other_group`: a dead letter replayed for another group; `not_refused`: one replayed again, or forged",
  }),
  by("sequenceIgnored", {
    name: "keyline_sequence_ignored_total",
    section: "order",
    type: "counter",
    isRare: true,
    labels: { group, topic, reason },
    help: "Sequence numbers not noted.",
    meaning:
      "numbers in `keyline-seq` that are not noted: `number` is a number that is not possible (a forgery, a mirror, a recreated topic), `name` a scope beyond those that a key notes. The events are applied, and only their ids identify duplicates",
  }),
  by("retried", {
    name: "keyline_retried_total",
    section: "failures",
    type: "counter",
    labels: { group, topic, code },
    help: "Failures after which an event is retried.",
    meaning: "failures that are retried; a rate above zero for minutes means a bug or an unavailable dependency",
  }),
  by("deadLettered", {
    name: "keyline_dead_lettered_total",
    section: "failures",
    type: "counter",
    isRare: true,
    labels: { group, topic, code },
    help: "Events written to the dead letters.",
    meaning: "events written to `<topic>.dlq`; look at the first of each code",
  }),
  by("parked", {
    name: "keyline_parked_total",
    section: "failures",
    type: "counter",
    isRare: true,
    labels: { group, topic },
    help: "Events parked until their key is released.",
    meaning: "events that were parked; `keyline parked` releases them",
  }),
  by("unparked", {
    name: "keyline_unparked_total",
    section: "failures",
    type: "counter",
    isRare: true,
    labels: { group, topic, as: (event) => event.as },
    help: "Parked events that were replayed or skipped.",
    meaning: "parked events that were replayed or skipped",
  }),
  by("refusalForgotten", {
    name: "keyline_refusal_forgotten_total",
    section: "failures",
    type: "counter",
    isRare: true,
    labels: { group, topic },
    help: "Refused events that a projection has forgotten.",
    meaning:
      "refused events of keys with more than 1,000 of them: a replay of their dead letters no longer has an effect",
  }),
  by("timerDropped", {
    name: "keyline_timer_dropped_total",
    section: "failures",
    type: "counter",
    isRare: true,
    labels: { group },
    help: "Timers whose attempts all failed.",
    meaning: "timers whose attempts all failed; they are gone",
  }),
  by("handlerLate", {
    name: "keyline_handler_late_total",
    section: "failures",
    type: "counter",
    isRare: true,
    labels: { group, topic },
    help: "Calls of handlers that took longer than handlerTimeoutMs.",
    meaning: "calls that ran longer than `handlerTimeoutMs`; `keyline_late_handlers` says how many still run",
  }),
  by("held", {
    name: "keyline_held_total",
    section: "order",
    type: "counter",
    labels: { group, topic },
    help: "Events that waited for their cause.",
    meaning: "events that waited for their cause; normal",
  }),
  by("released", {
    name: "keyline_held_seconds",
    section: "order",
    type: "histogram",
    labels: { group },
    amount: ({ heldMs }) => heldMs / 1000,
    help: "How long an event waited for its cause.",
    meaning: "how long they waited; seconds mean that the reading of one topic is far behind another",
  }),
  by("causeIgnored", {
    name: "keyline_cause_missing_total",
    section: "order",
    type: "counter",
    isRare: true,
    labels: { group },
    counts: (event) => event.reason === "missing",
    help: "Causes that are not in the log where they should be.",
    meaning:
      "causes that are not in the log where they should be: a topic recreated, a truncated log, or a forged header",
  }),
  by("causeIgnored", {
    name: "keyline_cause_ignored_total",
    section: "order",
    type: "counter",
    labels: { group, reason },
    counts: (event) => event.reason !== "missing",
    help: "Causes for which an event did not wait.",
    meaning:
      "events without a usable `keyline-after` header; `absent` counts events of producers that do not use Keyline",
  }),
  by("wrongPartition", {
    name: "keyline_wrong_partition_total",
    section: "order",
    type: "counter",
    isRare: true,
    labels: { group, topic },
    help: "Records on the wrong partition for their key.",
    meaning:
      "records on the wrong partition for their key: a producer has another partitioner. Their order relative to the key's other events is not promised",
  }),
  by("integerRounded", {
    name: "keyline_integer_rounded_total",
    section: "order",
    type: "counter",
    isRare: true,
    labels: { group, topic },
    help: "Events with an integer beyond 2^53-1.",
    meaning:
      "events with an integer beyond 2^53-1, whose last digits the app did not see: its producer should send it as text",
  }),
  by("transactionOpen", {
    name: "keyline_transaction_open_reports_total",
    section: "cluster",
    type: "counter",
    isRare: true,
    labels: { group, topic },
    help: "Reports of a transaction that has been open for 10 s or more, one every 5 s for each partition.",
    meaning: "grows while a producer's transaction stays open: consumers of committed records cannot read past it",
  }),
  by("partitionCount", {
    name: "keyline_partition_count_wrong",
    section: "cluster",
    type: "gauge",
    labels: { topic },
    amount: ({ expected, found }) => (expected === found ? 0 : 1),
    help: "1 while a topic has the wrong partition count.",
    meaning: "1 while a topic in use has the wrong partition count; `/readyz` is 503 meanwhile",
  }),
  by("unread", {
    name: "keyline_unread_partitions",
    section: "cluster",
    type: "gauge",
    labels: { group },
    amount: ({ partitions }) => partitions.length,
    help: "Partitions that no member of the group reads.",
    meaning: "partitions that no copy reads: a rolling deploy that adds a topic is running, or was not finished",
  }),
  by("fenced", {
    name: "keyline_fenced_total",
    section: "lanes",
    type: "counter",
    isRare: true,
    labels: { group },
    help: "Transactions refused because another owner has the lane.",
    meaning:
      "transactions of a former owner that the database refused; a few at each rebalance are what the fence is for",
  }),
  by("laneWaiting", {
    name: "keyline_lane_waits_total",
    section: "lanes",
    type: "counter",
    isRare: true,
    labels: { group },
    help: "Failed attempts of a lane to use its store.",
    meaning: "failed attempts of a lane to use its database; `/readyz` and the log say why",
  }),
  by("laneTaken", {
    name: "keyline_lanes_taken_total",
    section: "lanes",
    type: "counter",
    isRare: true,
    labels: { group },
    help: "Lanes that this process took.",
    meaning: "lanes that this copy took",
  }),
  by("laneLost", {
    name: "keyline_lanes_lost_total",
    section: "lanes",
    type: "counter",
    isRare: true,
    labels: { group, reason },
    help: "Lanes that this process gave up or lost.",
    meaning: "lanes that it gave up; repeated `lost` means that its session expires",
  }),
  by("acknowledged", {
    name: "keyline_acknowledged_total",
    section: "sending",
    type: "counter",
    labels: { topic },
    help: "Events that the broker has acknowledged.",
    meaning: "events of this process that the broker has acknowledged",
  }),
  by("acknowledged", {
    name: "keyline_send_seconds",
    section: "sending",
    type: "histogram",
    amount: ({ waitedMs }) => waitedMs / 1000,
    help: "From the call of send to the broker's answer.",
    meaning: "from the call of `send` to the broker's answer",
  }),
  by("sent", {
    name: "keyline_sent_bytes_total",
    section: "sending",
    type: "counter",
    labels: { topic },
    amount: ({ bytes }) => bytes,
    help: "Bytes of batches that were sent to the broker.",
    meaning: "bytes of the batches that were sent, before compression",
  }),
];

const byDomain = (amount: (lane: LaneFigures) => number) => (lane: LaneFigures) => [
  { values: [lane.group, lane.domain], amount: amount(lane) },
];
const groupAndDomain = ["group", "domain"] as const;

/** Metrics of the lanes as they are when they are read. */
export const laneMetrics: readonly LaneMetric[] = [
  {
    name: "keyline_lanes_owned",
    section: "lanes",
    type: "gauge",
    labels: groupAndDomain,
    help: "Lanes that this process owns.",
    meaning: "lanes of this copy; over all copies they add up to the partition count",
    samples: byDomain(() => 1),
    together: "sum",
  },
  {
    name: "keyline_lanes_waiting",
    section: "lanes",
    type: "gauge",
    labels: groupAndDomain,
    help: "Lanes that wait for their store.",
    meaning: "lanes that wait for their database; `/readyz` is 503 meanwhile",
    samples: byDomain(({ waitsFor }) => (waitsFor === null ? 0 : 1)),
    together: "sum",
  },
  {
    name: "keyline_stalled_seconds",
    section: "handling",
    type: "gauge",
    labels: groupAndDomain,
    help: "How long the slowest lane has had work and has finished nothing.",
    meaning:
      "how long the slowest lane has had work and has finished nothing; 0 for a lane that waits for its database",
    samples: byDomain(({ stalledMs, waitsFor }) => (waitsFor === null ? stalledMs / 1000 : 0)),
    together: "max",
  },
  {
    name: "keyline_late_handlers",
    section: "failures",
    type: "gauge",
    labels: groupAndDomain,
    help: "Calls of handlers that run longer than handlerTimeoutMs.",
    meaning:
      "calls that are running longer than `handlerTimeoutMs`: each blocks its key until the process is restarted",
    samples: byDomain(({ lateHandlers }) => lateHandlers),
    together: "sum",
  },
  {
    name: "keyline_unfinished",
    section: "handling",
    type: "gauge",
    labels: groupAndDomain,
    help: "Events received and not finished.",
    meaning: "events received and not finished",
    samples: byDomain(({ unfinished }) => unfinished),
    together: "sum",
  },
  {
    name: "keyline_unfinished_bytes",
    section: "handling",
    type: "gauge",
    labels: groupAndDomain,
    help: "Bytes of events received and not finished.",
    meaning:
      "their memory: keys, values, headers, and 1 KB each; at the consumer's `bufferBytes` (64 MB) fetching pauses",
    samples: byDomain(({ unfinishedBytes }) => unfinishedBytes),
    together: "sum",
  },
  {
    name: "keyline_lag",
    section: "handling",
    type: "gauge",
    labels: ["group", "topic", "partition"],
    help: "Records of a partition that can be read and are not finished.",
    meaning: "records that can be read and are not finished; page on it if it keeps growing",
    samples: ({ group, partitions }) =>
      partitions.map(({ topic: name, partition, lag }) => ({
        values: [group, name, String(partition)],
        amount: lag,
      })),
    together: "sum",
  },
];

const outboxGauge = { section: "outbox", type: "gauge", labels: [] } as const;

/** Metrics of an outbox as it is when they are read; every process that watches one table reads the same. */
export const outboxMetrics: readonly OutboxMetric[] = [
  {
    ...outboxGauge,
    name: "keyline_outbox_rows",
    help: "Events in the outbox that are not published yet.",
    meaning: "events that were committed and are not published yet, including those of parked keys",
    amount: ({ waiting }) => waiting,
  },
  {
    ...outboxGauge,
    name: "keyline_outbox_oldest_seconds",
    help: "How long ago the oldest event in the outbox was written.",
    meaning:
      "how long the oldest of them has waited; more than a few seconds means that no relay runs or the brokers do not answer",
    amount: ({ oldestMs }) => (oldestMs ?? 0) / 1000,
  },
  {
    ...outboxGauge,
    name: "keyline_outbox_parked_keys",
    help: "Keys whose next event in the outbox cannot be published.",
    meaning:
      "keys whose next event cannot be published: it waits with all that come after it; `keyline outbox status` says why",
    amount: ({ parkedKeys }) => parkedKeys,
  },
  {
    ...outboxGauge,
    name: "keyline_outbox_free_slots",
    help: "Slots of the outbox, of 64, whose events no relay publishes now.",
    meaning:
      "slots of 64 without a relay; above 0 for longer than a lease (10 s) means that too few relays run, or none",
    amount: ({ freeSlots }) => freeSlots,
  },
];

/** Every metric, in the order of the page about them. */
export const allMetrics: readonly MetricAbout[] = [...laneMetrics, ...hookMetrics, ...outboxMetrics];
