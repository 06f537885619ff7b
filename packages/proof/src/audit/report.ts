import type { RecordPosition } from "@keyline/runtime";
import type { Uncovered, UnreadTopic } from "../scan/index.js";
import type { CauseCounts } from "./causes.js";
import type { Fingerprint } from "./fingerprint.js";
import type { RecordKind } from "./kinds.js";
import type { PlacementVerdict } from "./placement-verdict.js";

/** One record that breaks something. */
export interface RecordFinding extends RecordPosition {
  readonly kind: RecordKind;
  /** As `ProducerReport.name`. */
  readonly producer: string;
  /** The key, for people; null without one. */
  readonly key: string | null;
  readonly eventId: string | null;
  readonly detail: string;
  readonly timestampMs: number;
  /** What the record says, cut off; only where payloads may be shown. */
  readonly payload?: string;
}

/** All findings of one kind by one producer. */
export interface FindingGroup {
  readonly kind: RecordKind;
  readonly promise: string | null;
  readonly severity: "finding" | "note";
  readonly title: string;
  readonly producer: string;
  readonly count: number;
  /** Of every record of that producer, 0 to 1. */
  readonly share: number;
  readonly topics: readonly { readonly topic: string; readonly count: number }[];
  readonly examples: readonly RecordFinding[];
  readonly firstMs: number;
  readonly lastMs: number;
  /** What it is, and how that is known. */
  readonly culprit: string;
  /** What to change. */
  readonly fix: string;
}

/** One producer, as far as records tell producers apart. */
export interface ProducerReport extends Fingerprint {
  /** On whose topics; null for topics without a domain. */
  readonly domain: string | null;
  /** The source with the client that left its mark. */
  readonly name: string;
  readonly records: number;
  /** Records on another partition than their key's. */
  readonly strays: number;
  /** Different keys that the verdict is over. */
  readonly sampledKeys: number;
  /** How it places keys: of all of its keys where none strays, else of those that do. */
  readonly placements: readonly PlacementVerdict[];
  /** The same over all of its keys, whether some stray or not. */
  readonly usual: { readonly sampledKeys: number; readonly placements: readonly PlacementVerdict[] };
  /** The partition that all of its strays lie on; null where they lie on several, or there are none. */
  readonly strayPartition: number | null;
}

/** A topic whose records are not held against the contract, and why. */
export interface NotJudged {
  readonly topic: string;
  readonly reason: string;
  /** As the log's offsets count them. */
  readonly records: number;
}

/** What the records of the topics turned out to be. */
export interface RecordReport {
  readonly records: number;
  readonly bytes: number;
  /** Of the records, dead letters that were sent again: one group handles each. */
  readonly redeliveries: number;
  readonly elapsedMs: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: number; readonly records: number }[];
  /** Whether everything that was asked for was read: no verdict is clean otherwise. */
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
  /** Ids are compared with those of so many latest events at least. */
  readonly duplicateWindow: number;
  readonly causes: CauseCounts;
}
