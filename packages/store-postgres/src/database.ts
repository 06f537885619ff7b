// For packages that keep tables of their own beside a store's.

export { openPglite } from "./drivers/pglite-store.js";
export { openDatabase as openPostgres } from "./drivers/postgres-store.js";
export { isConflict, sqlState, storeError } from "./errors.js";
export { migrate, type Versions, versionsTable } from "./migrations/migrate.js";
export { versionOf } from "./migrations/version.js";
export type { Database, Sql } from "./sql.js";
export { schemaName } from "./store.js";
export { keyFrom, keyText, toInteger } from "./text.js";
