/** One connection inside a transaction, or the database outside of one. */
export interface Sql {
  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** A database that PostgreSQL's SQL works on. */
export interface Database extends Sql {
  /** Runs in one transaction: commits when it resolves, rolls back when it rejects. */
  transaction<T>(run: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
