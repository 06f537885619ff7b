export { type PgliteStoreOptions, pgliteStore } from "./drivers/pglite-store.js";
export { type PostgresStoreOptions, postgresStore } from "./drivers/postgres-store.js";
export type { ParkedEventOfKey } from "./parked/events.js";
export { listParked, type ParkedFilter, type ParkedKey, type ReleaseRecord, readReleases } from "./parked/list.js";
export { type StoreReader, type StoreVersion, storeReader } from "./reader.js";
export type { SqlStore } from "./store.js";
