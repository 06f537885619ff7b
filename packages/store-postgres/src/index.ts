export { createPgliteStore, type PgliteStoreOptions } from "./drivers/pglite-store.js";
export { createPostgresStore, type PostgresStoreOptions } from "./drivers/postgres-store.js";
export { createOnceTable, type OnceTableOptions, onceTableSql } from "./once/once-table.js";
export type { ParkedEventOfKey } from "./parked/events.js";
export { listParked, type ParkedFilter, type ParkedKey, type ReleaseRecord, readReleases } from "./parked/list.js";
export type { ProjectionLane, ProjectionsState, TableSize } from "./projections/describe.js";
export { type StateViewOptions, stateView } from "./projections/state-view.js";
export { createStoreReader, type StoreReader, type StoreVersion } from "./reader.js";
export type { SqlStore } from "./store.js";
