// For what reads logs: decodes records, scans partitions, joins events by cause, says where keys belong.

export { harmless, harmlessInPlace, harmlessJson } from "@keyline/json-schema";
export { formatAfter, parseAfter, parsePosition } from "./codec/after.js";
export { decodeRecord } from "./codec/decode.js";
export type { DecodedEvent, DecodeFailure, DecodeFailureCode, DecodeWarning } from "./codec/decoded.js";
export { headerNames, headerText } from "./codec/headers.js";
export { formatRedelivery, parseRedelivery, type Redelivery } from "./codec/redelivery.js";
export { formatSettled, parseSettled, type Settled, type Settlement } from "./codec/settled.js";
export type { DeclaredShape, DomainDescriptor, Fill, MessageDescriptor, Wire } from "./descriptor.js";
export { canonicalKey, isCanonicalKey } from "./key/canonical.js";
export { type Partitioner, partitionOf } from "./key/partitioner.js";
export { type Placement, placements } from "./key/placements.js";
export { deadLetterTopic } from "./lane/dead-letter.js";
export { isReplacedLog } from "./projection/fingerprint.js";
export { type Joinable, joinLists } from "./read-lane/join.js";
export { joinByCause, type LaneEvent, type ReadLaneOptions, readLane } from "./read-lane/read-lane.js";
export { type PartitionScan, type ScanOptions, scanPartition } from "./read-lane/scan-partition.js";
