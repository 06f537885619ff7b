import type { ClusterReport, RecordReport } from "@keyline/proof";
import { Counter, Gauge, Registry } from "prom-client";
import type { ParkedCount } from "./parked-counts.js";

/** The Prometheus metrics of a followed audit. Keys and ids never become labels. */
export interface AuditMetrics {
  readonly contentType: string;
  /** The records so far; totals, of which what is new is added. */
  records(report: RecordReport): void;
  cluster(report: ClusterReport, parked: readonly ParkedCount[] | null): void;
  /** Whether the last step could read everything. */
  up(isUp: boolean): void;
  text(): Promise<string>;
}

/**
 * docs/commands/audit.md says what each means.
 *
 * Invariant: a counter is the total of the last report, which `known` has by its labels.
 */
export function createAuditMetrics(): AuditMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `keyline_audit_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `keyline_audit_${name}`, help, labelNames, registers });

  const up = gauge("up", "1 while everything could be read.");
  const read = counter("records_total", "Records that were checked against the contract.", "topic");
  const found = counter("findings_total", "Findings about records.", "kind", "producer");
  const wrong = gauge("cluster_findings", "Current findings about topics and groups.", "kind");
  const lag = gauge("group_lag_records", "Records that a group has not finished.", "group", "topic");
  const behind = gauge(
    "group_lag_seconds",
    "Age of the oldest record that a group has not finished.",
    "group",
    "topic",
  );
  const members = gauge("group_members", "Members of a group.", "group", "assignor");
  const split = gauge("group_split_lanes", "Lanes that are split over members.", "group");
  const unread = gauge("group_unread_partitions", "Partitions that no member of a group reads.", "group");
  const dead = gauge("dead_letters", "Dead letters that wait: neither replayed nor discarded.", "topic");
  const waiting = gauge("parked_events", "Events that are parked.", "app");

  const known = new Map<string, number>();
  /** A counter takes what is new, and reports are totals. */
  const more = (name: string, total: number): number => {
    const before = known.get(name) ?? 0;
    known.set(name, total);
    return Math.max(0, total - before);
  };

  return {
    contentType: registry.contentType,
    up: (isUp) => up.set(isUp ? 1 : 0),
    records({ topics, groups }) {
      for (const { topic, records } of topics) read.inc({ topic }, more(topic, records));
      for (const { kind, producer, count } of groups) found.inc({ kind, producer }, more(`${kind} ${producer}`, count));
    },
    cluster({ findings, groups, deadLetters }, parked) {
      for (const one of [wrong, lag, behind, members, split, unread, dead, waiting]) one.reset();
      for (const { kind } of findings) wrong.inc({ kind });
      for (const group of groups) {
        const { groupId, assignor } = group;
        members.set({ group: groupId, assignor }, group.members);
        split.set({ group: groupId }, group.splitLanes.length);
        unread.set({ group: groupId }, group.unread.length);
        for (const { topic, records, seconds } of group.topics) {
          lag.set({ group: groupId, topic }, records);
          behind.set({ group: groupId, topic }, seconds);
        }
      }
      for (const { topic, records } of deadLetters) dead.set({ topic }, records);
      for (const { app, events } of parked ?? []) waiting.set({ app }, events);
    },
    text: () => registry.metrics(),
  };
}
