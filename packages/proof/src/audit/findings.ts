import type { ConsumerRecord } from "@keyline/runtime/transport";
import { createGroups } from "./groups.js";
import { type RecordKind, recordKinds } from "./kinds.js";
import type { ProducerState } from "./producers.js";
import type { FindingGroup, ProducerReport, RecordFinding } from "./report.js";

/** The record that a finding is about, and what is known of it. */
export interface Audited {
  readonly record: Pick<ConsumerRecord, "topic" | "partition" | "offset" | "timestampMs">;
  readonly key: string | null;
  readonly eventId: string | null;
  readonly producer: ProducerState;
}

/** Collects what is found, with bounded memory. */
export interface Findings {
  add(kind: RecordKind, detail: string, at: Audited, payload?: string): void;
  /** How many are findings, and how many notes. */
  counts(): { readonly findings: number; readonly notes: number };
  /** `producers` says what is known of each. */
  groups(producers: ReadonlyMap<ProducerState, ProducerReport>): readonly FindingGroup[];
}

/**
 * `told`: called with each finding; without it only the first of each kind and producer are kept.
 * Invariant: each finding that was added is counted once, by its kind's severity, and is in the group of its kind and
 * producer; `told` was called with it.
 */
export function createFindings(told?: (finding: RecordFinding) => void): Findings {
  const groups = createGroups();
  let [findings, notes] = [0, 0];
  return {
    add(kind, detail, { record, key, eventId, producer }, payload) {
      const { topic, partition, offset, timestampMs } = record;
      if (recordKinds[kind].severity === "finding") findings += 1;
      else notes += 1;
      const finding: RecordFinding = {
        ...{ kind, topic, partition, offset, timestampMs, detail, producer: producer.name, key, eventId },
        ...(payload === undefined ? {} : { payload }),
      };
      groups.add(finding, producer);
      told?.(finding);
    },
    counts: () => ({ findings, notes }),
    groups: groups.report,
  };
}
