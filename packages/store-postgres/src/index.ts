export { type PgliteStoreOptions, pgliteStore } from "./drivers/pglite-store.js";
export { type PostgresStoreOptions, postgresStore } from "./drivers/postgres-store.js";
export type { SqlStore } from "./store.js";
