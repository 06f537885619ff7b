import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { environment } from "./run.ts";
import { manifestIn } from "./tarballs.ts";

/** A service that was started by its own `npm start`. */
export interface Service {
  /** All that it has printed. */
  output(): string;
  request(
    method: "GET" | "POST",
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: string }>;
  /** Asks it to end; resolves with its exit code, or the signal that ended it. */
  stop(): Promise<number | string>;
}

/**
 * Starts the service in a folder, on a free port and with no cluster or database but those that `env` names.
 * Resolves once it has printed its port; rejects with its output where it ends before.
 */
export async function startService(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Service> {
  // In the shell's place, so that a signal reaches the service itself.
  const child = spawn("sh", ["-c", `exec ${manifestIn(folder).scripts?.start}`], {
    cwd: folder,
    env: { ...environment(folder), PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit").then(([code, signal]: unknown[]) => (code ?? signal) as number | string);
  const output = collect(child);
  const port = await portOf(child, output, exited);
  return {
    output,
    async request(method, path, body) {
      const headers = body ? { "content-type": "application/json" } : {};
      const sent = body ? { body: JSON.stringify(body) } : {};
      const response = await fetch(`http://localhost:${port}${path}`, { method, headers, ...sent });
      return { status: response.status, body: await response.text() };
    },
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

/** Invariant: `text` is all that the process has printed, in the order in which it came. */
function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
  }
  return () => text;
}

async function portOf(child: ChildProcess, output: () => string, exited: Promise<unknown>): Promise<number> {
  const found = () => /(?:listening (?:on|at) |localhost:|127\.0\.0\.1:)(\d+)/i.exec(output())?.[1];
  const isEnded = exited.then(() => {
    throw new Error(`the service ended before it listened:\n${output()}`);
  });
  isEnded.catch(() => {});
  for (let port = found(); ; port = found()) {
    if (port !== undefined) return Number(port);
    await Promise.race([once(child.stdout ?? child, "data"), isEnded]);
  }
}
