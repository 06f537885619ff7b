export { type PgliteStoreOptions, pgliteStore } from "./pglite-store.js";
export { type PostgresStoreOptions, postgresStore } from "./postgres-store.js";
export type { SqlStore } from "./store.js";
