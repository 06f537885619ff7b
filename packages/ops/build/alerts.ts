// The alerts, as data: the rules for Prometheus are written from them, and docs/operations/alerts.md has a section for each.
import { counted } from "./counted.ts";

/** A condition to report. */
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

/** True for as long after an event that a counter counts; the job tells services apart, and environments that have their own. */
const countedWithin = (within: string, counter: string, ...labels: readonly string[]) =>
  `${counted({ counter, within, by: ["job", ...labels] })} > 0`;

const lag = "sum by (job, group, topic) (keyline_lag)";

/** Every alert; the name is the heading of its section. */
export const alerts: readonly Alert[] = [
  {
    name: "KeylineDeadLetters",
    severity: "critical",
    expr: countedWithin("10m", "keyline_dead_lettered_total", "group", "topic", "code"),
    for: "0m",
    summary:
      "Events of {{ $labels.topic }} that {{ $labels.group }} cannot process are dead letters now: {{ $labels.code }}",
  },
  {
    name: "KeylineParked",
    severity: "critical",
    // Not by topic: most are parked behind an event of another.
    expr: countedWithin("10m", "keyline_parked_total", "group"),
    for: "0m",
    summary: "{{ $labels.group }} has parked events: their keys wait to be released",
  },
  {
    name: "KeylineTimerDropped",
    severity: "critical",
    expr: countedWithin("10m", "keyline_timer_dropped_total", "group"),
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
    expr: "max by (job, group, domain) (keyline_stalled_seconds) > 300",
    for: "0m",
    summary: "A lane of {{ $labels.group }} has finished nothing for {{ $value }} s, and has something to do",
  },
  {
    name: "KeylineHandlerLate",
    severity: "critical",
    expr: "sum by (job, group, domain) (keyline_late_handlers) > 0",
    for: "5m",
    summary: "{{ $value }} calls of handlers of {{ $labels.group }} take longer than they may: their keys wait",
  },
  {
    name: "KeylineStoreWaits",
    severity: "critical",
    expr: "sum by (job, group, domain) (keyline_lanes_waiting) > 0",
    for: "5m",
    summary: "{{ $value }} lanes of {{ $labels.group }} wait for their database",
  },
  {
    name: "KeylineTransactionOpen",
    severity: "critical",
    expr: countedWithin("2m", "keyline_transaction_open_reports_total", "group", "topic"),
    for: "0m",
    summary: "A transaction on {{ $labels.topic }} stays open: what lies behind it is not read",
  },
  {
    name: "KeylinePartitionCount",
    severity: "critical",
    expr: "max by (job, topic) (keyline_partition_count_wrong) > 0",
    for: "0m",
    summary: "{{ $labels.topic }} has another partition count than is needed",
  },
  {
    name: "KeylineUnread",
    severity: "critical",
    expr: "max by (job, group) (keyline_unread_partitions) > 0",
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
    name: "KeylineDeadLettersWait",
    severity: "warning",
    // Served by `keyline audit --follow`: an app does not know which of its letters are settled.
    expr: "max by (job, topic) (keyline_audit_dead_letters) > 0",
    for: "1h",
    summary: "{{ $value }} dead letters wait in {{ $labels.topic }}: for an hour there has been at least one",
  },
  {
    name: "KeylineRetriesGoOn",
    severity: "warning",
    expr: countedWithin("5m", "keyline_retried_total", "group", "topic", "code"),
    for: "15m",
    summary:
      "{{ $labels.group }} has failed on events of {{ $labels.topic }} and tried again for 15 minutes: {{ $labels.code }}",
  },
  {
    name: "KeylineWrongPartition",
    severity: "warning",
    expr: countedWithin("1h", "keyline_wrong_partition_total", "group", "topic"),
    for: "0m",
    summary: "A producer puts records of {{ $labels.topic }} on other partitions than their keys'",
  },
  {
    name: "KeylineIdReused",
    severity: "warning",
    expr: countedWithin("1h", 'keyline_ignored_total{reason="id_reused"}', "group", "topic"),
    for: "0m",
    summary: "Two events of {{ $labels.topic }} have one id: the second was left out",
  },
  {
    name: "KeylineCauseMissing",
    severity: "warning",
    expr: countedWithin("1h", "keyline_cause_missing_total", "group"),
    for: "0m",
    summary: "Events read by {{ $labels.group }} name causes that are not in the log",
  },
];
