import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianPgbouncer } from "@keyline/needs";

/** PgBouncer before a server, on loopback. */
export interface PgBouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it in transaction mode with two connections to the server, fewer than tests have clients. */
export async function startPgBouncer(postgresUrl: string): Promise<PgBouncer> {
  const { hostname, port, username, password, pathname } = new URL(postgresUrl);
  const folder = mkdtempSync(join(tmpdir(), "keyline-pgbouncer-"));
  // As root it runs as another user, who has to read its settings.
  chmodSync(folder, 0o755);
  const listenPort = await freePort();
  const settings = join(folder, "pgbouncer.ini");
  writeFileSync(
    settings,
    `[databases]
postgres = host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
  );
  const asUser = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(debianPgbouncer, ["-q", ...asUser, settings], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit");
  while (!(await answers(listenPort))) if (child.exitCode !== null) throw new Error("PgBouncer did not start");
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${listenPort}/postgres`,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a connection is taken. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}
