/** Runs PostgreSQL from its npm package, for tests and the demo. */
export { type PostgresServer, startPostgres } from "./start-postgres.ts";
