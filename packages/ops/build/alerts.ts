// The alerts, as data: the rules for Prometheus are written from them, and docs/operations/alerts.md has a section for each.

/** Something to be told of. */
export interface Alert {
  readonly name: string;
  /** `critical`: events wait or are lost to their readers now. `warning`: find out in working hours. */
  readonly severity: "critical" | "warning";
  readonly expr: string;
  /** How long it has to hold. */
  readonly for: string;
  /** A sentence; Prometheus fills in labels. */
  readonly summary: string;
}

/**
 * What a counter has counted within a time. A counter with labels appears with its first event, at 1: of what was not there
 * before, which `increase` takes for nothing, the whole value counts.
 */
const counted = (metric: string, within: string, labels: readonly string[]) =>
  `sum by (${labels.join(", ")}) ((${metric} unless ${metric} offset ${within}) or increase(${metric}[${within}])) > 0`;

const lag = "sum by (group, topic) (keyline_lag)";

/** Every alert; the name is the heading of its section. */
export const alerts: readonly Alert[] = [
  {
    name: "KeylineDeadLetters",
    severity: "critical",
    expr: counted("keyline_dead_lettered_total", "10m", ["group", "topic", "code"]),
    for: "0m",
    summary:
      "Events of {{ $labels.topic }} that {{ $labels.group }} cannot process are dead letters now: {{ $labels.code }}",
  },
  {
    name: "KeylineParked",
    severity: "critical",
    // Not by topic: most are parked behind an event of another.
    expr: counted("keyline_parked_total", "10m", ["group"]),
    for: "0m",
    summary: "{{ $labels.group }} has parked events: their keys wait to be released",
  },
  {
    name: "KeylineTimerDropped",
    severity: "critical",
    expr: counted("keyline_timer_dropped_total", "10m", ["group"]),
    for: "0m",
    summary: "A timer of {{ $labels.group }} failed as often as it may, and is gone",
  },
  {
    name: "KeylineLagGrows",
    severity: "critical",
    expr: `${lag} > 100 and ${lag} > ${lag.replace("keyline_lag", "keyline_lag offset 10m")}`,
    for: "15m",
    summary: "{{ $labels.group }} falls behind on {{ $labels.topic }}: {{ $value }} records, and growing",
  },
  {
    name: "KeylineStalled",
    severity: "critical",
    expr: "max by (group, domain) (keyline_stalled_seconds) > 300",
    for: "0m",
    summary: "A lane of {{ $labels.group }} has finished nothing for {{ $value }} s, and has something to do",
  },
  {
    name: "KeylineHandlerLate",
    severity: "critical",
    expr: "sum by (group, domain) (keyline_late_handlers) > 0",
    for: "5m",
    summary: "{{ $value }} calls of handlers of {{ $labels.group }} take longer than they may: their keys wait",
  },
  {
    name: "KeylineStoreWaits",
    severity: "critical",
    expr: "sum by (group, domain) (keyline_lanes_waiting) > 0",
    for: "5m",
    summary: "{{ $value }} lanes of {{ $labels.group }} wait for their database",
  },
  {
    name: "KeylineTransactionOpen",
    severity: "critical",
    expr: counted("keyline_transaction_open_reports_total", "2m", ["topic"]),
    for: "0m",
    summary: "A transaction on {{ $labels.topic }} stays open: what lies behind it is not read",
  },
  {
    name: "KeylinePartitionCount",
    severity: "critical",
    expr: "max by (topic) (keyline_partition_count_wrong) > 0",
    for: "0m",
    summary: "{{ $labels.topic }} has another partition count than is needed",
  },
  {
    name: "KeylineUnread",
    severity: "critical",
    expr: "max by (group) (keyline_unread_partitions) > 0",
    for: "15m",
    summary: "{{ $value }} partitions are read by no copy of {{ $labels.group }}",
  },
  {
    name: "KeylineOutboxWaits",
    severity: "critical",
    expr: "max by (job) (keyline_outbox_oldest_seconds) > 60",
    for: "5m",
    summary: "The oldest event in the outbox of {{ $labels.job }} has waited for {{ $value }} s",
  },
  {
    name: "KeylineOutboxParked",
    severity: "critical",
    expr: "max by (job) (keyline_outbox_parked_keys) > 0",
    for: "0m",
    summary: "{{ $value }} keys of the outbox of {{ $labels.job }} wait: their next event cannot be published",
  },
  {
    name: "KeylineOutboxNoRelay",
    severity: "critical",
    expr: "max by (job) (keyline_outbox_free_slots) > 0",
    for: "5m",
    summary: "{{ $value }} of 64 slots of the outbox of {{ $labels.job }} are published by no relay",
  },
  {
    name: "KeylineRetriesGoOn",
    severity: "warning",
    expr: "sum by (group, topic, code) (rate(keyline_retried_total[5m])) > 0",
    for: "15m",
    summary:
      "{{ $labels.group }} has failed on events of {{ $labels.topic }} and tried again for 15 minutes: {{ $labels.code }}",
  },
  {
    name: "KeylineWrongPartition",
    severity: "warning",
    expr: counted("keyline_wrong_partition_total", "1h", ["topic"]),
    for: "0m",
    summary: "A producer puts records of {{ $labels.topic }} on other partitions than their keys'",
  },
  {
    name: "KeylineIdReused",
    severity: "warning",
    expr: counted('keyline_ignored_total{reason="id_reused"}', "1h", ["topic"]),
    for: "0m",
    summary: "Two events of {{ $labels.topic }} have one id: the second was left out",
  },
  {
    name: "KeylineCauseMissing",
    severity: "warning",
    expr: counted("keyline_cause_missing_total", "1h", ["group"]),
    for: "0m",
    summary: "Events read by {{ $labels.group }} name causes that are not in the log",
  },
];
