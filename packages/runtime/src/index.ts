export { formatAfter, parseAfter } from "./codec/after.js";
export { decodeRecord } from "./codec/decode.js";
export type { DecodedEvent, DecodeFailure, DecodeFailureCode, DecodeWarning } from "./codec/decoded.js";
export { headerNames, headerText } from "./codec/headers.js";
export type {
  DeclaredShape,
  DomainDescriptor,
  EventOf,
  Fill,
  InputOf,
  MessageDescriptor,
  TopicDescriptor,
  Topics,
  Wire,
} from "./descriptor.js";
export { type ErrorCode, type ErrorDetails, errorCodes, isKeylineError, KeylineError } from "./errors.js";
export { assignLanes, type LaneAssignment, type LaneAssignmentInput, type LaneMember } from "./group/assign-lanes.js";
export { lanesOf } from "./group/lanes-of.js";
export type { Consumer, ConsumerOptions, Handler, HandlerContext, Handlers, LaneStatus } from "./handler/types.js";
export type { Hooks, RecordPosition } from "./hooks.js";
export { canonicalKey, isCanonicalKey } from "./key/canonical.js";
export { type Partitioner, partitionOf } from "./key/partitioner.js";
export { type Placement, placements } from "./key/placements.js";
export { deadLetterTopic } from "./lane/dead-letter.js";
export { type Assignments, type AssignmentsOptions, createAssignments } from "./ports/assignments.js";
export type { ClusterInspector, GroupState, MemberState, TopicState } from "./ports/inspector.js";
export { oneAppendAtATime } from "./ports/one-append.js";
export type {
  ClockFiring,
  CommandChange,
  LaneChanges,
  LaneId,
  LaneSnapshot,
  OutboxRow,
  OwnedLane,
  ParkedRow,
  ReleaseCommand,
  StateRow,
  Store,
  StoredPosition,
} from "./ports/store.js";
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
export type { Producer, ProducerControl, ProducerOptions, Sender, SendOptions, Sent } from "./producer/types.js";
export { createProjector } from "./projection/create-projector.js";
export type {
  AnyProjection,
  DueTimer,
  Emitter,
  Projection,
  ProjectionDefinition,
  Reducer,
  ReducerContext,
  Reducers,
} from "./projection/define.js";
export { recordOf as recordOfParked } from "./projection/parked.js";
export type { ProjectionOptions } from "./projection/types.js";
export { type Joinable, joinLists } from "./read-lane/join.js";
export { joinByCause, type LaneEvent, type ReadLaneOptions, readLane } from "./read-lane/read-lane.js";
export { type PartitionScan, type ScanOptions, scanPartition } from "./read-lane/scan-partition.js";
export { type Retry, type RetryPolicy, retry } from "./retry.js";
