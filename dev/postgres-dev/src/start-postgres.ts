import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { reachablePostgres } from "./reachable.ts";

/** A PostgreSQL server of its own, on loopback. */
export interface PostgresServer {
  readonly url: string;
  /** Ends it with every connection to it, and starts it again on the same data. */
  restart(): Promise<void>;
  /** Kills it as a crash does, and starts it again on the same data: it recovers what was committed. */
  crash(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL on a free port with a temporary folder. Resolves when it answers. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "keyline-postgres-"));
  // As root the server runs as another user, which has to reach its folder.
  chmodSync(folder, 0o777);
  const port = await freePort();
  // Loaded here alone: it ends the process at the first interrupt, which is none of its business before.
  const { default: EmbeddedPostgres } = await reachablePostgres(folder);
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    user: "keyline",
    password: "keyline",
    port,
    // Else it deletes its data when it is stopped, and could not be started again.
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // Not this machine's locale: one that is named and not installed would end it, and the order of texts would differ.
    initdbFlags: ["--locale=C", "--encoding=UTF8"],
    onLog: () => undefined,
    onError: () => undefined,
    postgresFlags: [
      ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
      // A store keeps its connections for ten idle seconds, and each test has one: of quick tests many are open.
      ...["-c", "max_connections=400"],
    ],
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://keyline:keyline@127.0.0.1:${port}/postgres`,
    async restart() {
      await server.stop();
      await server.start();
    },
    async crash() {
      const [pid] = readFileSync(join(folder, "data/postmaster.pid"), "utf8").split("\n");
      process.kill(Number(pid), "SIGKILL");
      await startAgain(server);
    },
    async stop() {
      await withoutClients(server.getPgClient("postgres", "127.0.0.1"));
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What is needed of a connection of node-postgres. */
interface Connection {
  connect(): Promise<unknown>;
  query(sql: string): Promise<{ rowCount: number | null }>;
  end(): Promise<void>;
}

/**
 * Resolves when all other clients have left, within a second: the end of a pool does not wait for its connections, and one that
 * hears of the server's end after it throws where nothing listens.
 */
async function withoutClients(connection: Connection): Promise<void> {
  await connection.connect();
  const others = "select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
  for (let attempt = 1; attempt <= 20 && (await connection.query(others)).rowCount !== 0; attempt += 1) await sleep(50);
  await connection.end();
}

/** Starts a server whose first process was killed: the others see that within a moment, and hold its data until then. */
async function startAgain(server: { start(): Promise<void> }): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await server.start();
    } catch (caught) {
      if (attempt === 50) throw caught;
      await sleep(200);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
