import { startPostgres } from "@keyline/postgres-dev";
import pg from "pg";

/** A PostgreSQL server of its own, on loopback, that can be restarted. */
export interface Database {
  readonly url: string;
  /** Ends it with every connection to it, and starts it again on the same data. */
  restart(): Promise<void>;
  /** Kills it, and starts it again on the same data: it recovers what was committed. */
  crash(): Promise<void>;
  /** Runs a statement by a connection of its own. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startDatabase(): Promise<Database> {
  const server = await startPostgres();
  return {
    ...server,
    async query<Row extends object>(sql: string) {
      const client = new pg.Client({ connectionString: server.url });
      // A restart ends it between two answers; the statement under way rejects.
      client.on("error", () => undefined);
      await client.connect();
      try {
        return (await client.query<Row>(sql)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
