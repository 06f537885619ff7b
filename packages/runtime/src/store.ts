// For those who implement a store.

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
export { recordOf as recordOfParked } from "./projection/parked.js";
