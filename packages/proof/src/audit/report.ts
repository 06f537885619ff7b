import type { RecordPosition } from "@keyline/runtime";
import type { Uncovered, UnreadTopic } from "../scan/index.js";
import type { CauseCounts } from "./causes.js";
import type { Fingerprint } from "./fingerprint.js";
import type { RecordKind } from "./kinds.js";
import type { PlacementVerdict } from "./placement-verdict.js";

/** A finding about one record. */
export interface RecordFinding extends RecordPosition {
  readonly kind: RecordKind;
  /** As `ProducerReport.name`. */
  readonly producer: string;
  /** The key as text; null without one. */
  readonly key: string | null;
  readonly eventId: string | null;
  readonly detail: string;
  readonly timestampMs: number;
  /** The record's payload, cut off; only if payloads may be shown. */
  readonly payload?: string;
}

/** All findings of one kind about one producer. */
export interface FindingGroup {
  readonly kind: RecordKind;
  readonly promise: string | null;
  readonly severity: "finding" | "note";
  readonly title: string;
  readonly producer: string;
  readonly count: number;
  /** The share of that producer's records, 0 to 1. */
  readonly share: number;
  readonly topics: readonly { readonly topic: string; readonly count: number }[];
  readonly examples: readonly RecordFinding[];
  readonly firstMs: number;
  readonly lastMs: number;
  /** What the producer is, and how that was recognised. */
  readonly culprit: string;
  /** What to change in the producer. */
  readonly fix: string;
}

/** A producer, as far as records allow to distinguish producers. */
export interface ProducerReport extends Fingerprint {
  /** The domain of its topics; null for topics without one. */
  readonly domain: string | null;
  /** Its source, with the client that it was recognised as. */
  readonly name: string;
  readonly records: number;
  /** Records on the wrong partition for their key. */
  readonly strays: number;
  /** The number of different keys on which the verdict is based. */
  readonly sampledKeys: number;
  /** How it chooses partitions: based on all of its keys if none is misplaced, else on those that are. */
  readonly placements: readonly PlacementVerdict[];
  /** The same, always based on all of its keys. */
  readonly usual: { readonly sampledKeys: number; readonly placements: readonly PlacementVerdict[] };
  /** The partition of all misplaced records; null if there are several, or no such record. */
  readonly strayPartition: number | null;
}

/** A topic whose records are not checked against the contract, with the reason. */
export interface NotJudged {
  readonly topic: string;
  readonly reason: string;
  /** The number of its offsets. */
  readonly records: number;
}

/** The result of an audit of records. */
export interface RecordReport {
  readonly records: number;
  readonly bytes: number;
  /** How many of the records are dead letters that were sent again: one group handles each. */
  readonly redeliveries: number;
  readonly elapsedMs: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: number; readonly records: number }[];
  /** Whether everything requested was read; without that there is no clean verdict. */
  readonly complete: boolean;
  readonly interrupted: boolean;
  readonly uncovered: readonly Uncovered[];
  readonly missing: readonly string[];
  readonly refused: readonly UnreadTopic[];
  readonly notJudged: readonly NotJudged[];
  readonly findings: number;
  readonly notes: number;
  readonly groups: readonly FindingGroup[];
  readonly producers: readonly ProducerReport[];
  /** Each id was compared with those of at least this many latest events. */
  readonly duplicateWindow: number;
  readonly causes: CauseCounts;
}
