// For those who implement a transport, or read a cluster through one.

export { assignLanes, type LaneAssignment, type LaneAssignmentInput, type LaneMember } from "./group/assign-lanes.js";
export { lanesOf } from "./group/lanes-of.js";
export { untilLate } from "./group/until-late.js";
export { checkNames, type NamesOf } from "./known-names.js";
export { type Assignments, type AssignmentsOptions, createAssignments } from "./ports/assignments.js";
export type { ClusterInspector, GroupState, MemberState, TopicState } from "./ports/inspector.js";
export { oneAppendAtATime } from "./ports/one-append.js";
export type {
  ConsumerRecord,
  Headers,
  LaneGroup,
  LogRange,
  ProducerRecord,
  ReadOptions,
  RecordBatch,
  RevocationReason,
  StartPosition,
  TopicPartition,
  Transport,
  TransportConsumer,
  TransportConsumerEvents,
  TransportConsumerOptions,
  TransportProducer,
} from "./ports/transport.js";
export { type Retry, retry } from "./retry.js";
