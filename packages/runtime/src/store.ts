// For those who implement a store, or what else works in a database.

export { type Execute, notInTransaction, rowsOf, sqlStateOf } from "./caller-transaction.js";
export type { OnceTable } from "./ports/once-table.js";
export type {
  ClockFiring,
  CommandChange,
  LaneChanges,
  LaneId,
  LaneReset,
  LaneSnapshot,
  OutboxRow,
  OwnedLane,
  ParkedRow,
  ReleaseCommand,
  ResetRequest,
  StateRow,
  Store,
  StoredPosition,
} from "./ports/store.js";
export { domainOf as domainOfProjection } from "./projection/domain-of.js";
export { recordOf as recordOfParked } from "./projection/parked.js";
export {
  type KeyToReset,
  type LaneToReset,
  laneRowKey,
  type ResetOptions,
  type RowsReset,
  resetRows,
  silenceOfRow,
} from "./projection/reset-rows.js";
export type { SilenceMarks } from "./projection/silence.js";
