/** One connection inside a transaction, or the database outside of one. */
export interface Sql {
  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** The answer to a commit did not arrive: everything was written, or nothing. */
export class UnknownCommit extends Error {
  override readonly name = "UnknownCommit";
}

/** A database that PostgreSQL's SQL works on. Errors are the driver's own. */
export interface Database extends Sql {
  /**
   * Runs in one transaction (read committed): commits when it resolves, rolls back when it rejects; where it rejects with
   * {@link UnknownCommit} it did either.
   */
  transaction<T>(run: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * Listens on a channel by a connection of its own, and calls `heard` at each notification. Resolves to what ends it. `lost` is
   * called once when the connection breaks: nothing is heard from then on.
   */
  listen(channel: string, heard: (payload: string) => void, lost: () => void): Promise<() => Promise<void>>;
  /** Ends what was opened for this store, never what the caller passed in. */
  close(): Promise<void>;
}
