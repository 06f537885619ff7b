export {
  type AuditOptions,
  auditRecords,
  defaultDuplicateWindow,
  openRecordAudit,
  type RecordAudit,
  readableTopics,
} from "./audit/audit-records.js";
export { type KindRule, type RecordKind, recordKinds } from "./audit/kinds.js";
export { type Peeked, peek } from "./audit/peek.js";
export type { FindingGroup, NotJudged, ProducerReport, RecordFinding, RecordReport } from "./audit/report.js";
export { type GroupReport, keylineAssignor, type TopicLag } from "./cluster/check-groups.js";
export { type ClusterReport, type InspectOptions, inspectCluster } from "./cluster/inspect.js";
export { type ClusterFinding, type ClusterKind, clusterKinds } from "./cluster/kinds.js";
export { contractTopics } from "./contract/topics.js";
export {
  discardLetters,
  type FoundLetters,
  isMarker,
  keyTextOf,
  type Letter,
  type LetterFilter,
  letterOf,
  type Marker,
  markerOf,
  planReplay,
  type ReachedGroup,
  type Redelivery,
  type Refusal,
  type ReplayKind,
  type ReplayPlan,
  type ReplayStep,
  readLetters,
  readRecord,
  replayLetters,
  type SettledLetter,
  type SettleOptions,
} from "./dead-letters/index.js";
export {
  type PlanOptions,
  planScan,
  type ScanOptions,
  type ScanOutcome,
  type ScanPlan,
  type ScanProgress,
  type ScanRange,
  scan,
  type Uncovered,
  type UnreadTopic,
} from "./scan/index.js";
export { type LaneLoad, measureSkew, type SkewOptions, type SkewReport } from "./skew/skew.js";
export type { HotKey } from "./skew/space-saving.js";
export type { TimeSpan } from "./skew/time-buckets.js";
export type { WhatIf } from "./skew/what-if.js";
