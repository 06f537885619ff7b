import type { Execute } from "@keyline/outbox";
import type { Database } from "@keyline/postgres/database";

/** A database for one test, with the tables of an outbox. */
export interface OutboxDatabase {
  readonly database: Database;
  /** The schema that the tables are in. */
  readonly schema: string;
  /** Runs in one transaction of its own, on a connection of its own where the database has several. */
  transaction<T>(run: (execute: Execute) => Promise<T>): Promise<T>;
}

/** A kind of database under test. */
export interface DatabaseHarness {
  readonly name: string;
  open(): Promise<OutboxDatabase>;
}

/** A test's database by the drivers that relays use. */
export const overDriver = (database: Database, schema: string): OutboxDatabase => ({
  database,
  schema,
  transaction: (run) => database.transaction((sql) => run((text, params) => sql.query(text, params))),
});
