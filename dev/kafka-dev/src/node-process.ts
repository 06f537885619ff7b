import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { classArchive } from "./class-archive.ts";
import { runJava, shortRun } from "./java.ts";
import { propertiesText } from "./properties.ts";

export interface NodeOptions {
  /** Holds the node's data, settings and log. */
  readonly folder: string;
  readonly classPath: string;
  readonly clusterId: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly users: Readonly<Record<string, string>>;
  readonly jvm: readonly string[];
  /** Goes on when this process ends. */
  readonly detached: boolean;
  /** Writes the archive of the broker's classes where there is none yet, which takes an end in good order. */
  readonly writesClasses: boolean;
}

/** A broker as a process of this machine. */
export interface NodeProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Whether `stop` leaves an archive of the broker's classes, and `kill` none. */
  readonly writesClasses: boolean;
  /** Why it ended; null while it runs. */
  ended(): string | null;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
}

const settingsOf = (folder: string) => join(folder, "server.properties");
const logOf = (folder: string) => join(folder, "server.log");

/** Where the folder's node keeps its logs. */
export const dataOf = (folder: string): string => join(folder, "data");

/** Writes a node's settings and formats its storage; a formatted one is left as it is. */
export async function formatNode({ folder, classPath, clusterId, properties, users }: NodeOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(settingsOf(folder), propertiesText(properties));
  await rm(logOf(folder), { force: true });
  if (existsSync(join(dataOf(folder), "meta.properties"))) return;
  const scram = Object.entries(users).flatMap(([name, password]) =>
    ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
      "--add-scram",
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  );
  const args = ["format", "-t", clusterId, "-c", settingsOf(folder), ...scram];
  try {
    await runJava({ classPath, mainClass: "kafka.tools.StorageTool", args });
  } catch (caught) {
    const { stderr = "" } = caught as { stderr?: string };
    const reason = stderr.split("\n").find((line) => /Exception|Error/.test(line)) ?? stderr.trim();
    // The command line is not shown: it holds passwords.
    throw new Error(`the storage in ${folder} could not be formatted: ${reason}`);
  }
}

/** Runs a broker, its output in the file `$0`, and ends it when this process ends in whatever way, which a closed stdin tells. */
const guarded = '"$@" <&- > "$0" 2>&1 & broker=$!; echo $broker; cat > /dev/null; kill -9 $broker 2> /dev/null';

/** After that a node that was asked to end is killed: to write the archive of its classes takes seconds of a quiet machine. */
const stopWithinMs = { usually: 8000, writingClasses: 40_000 };

/** Starts a formatted node. Resolves when it runs, which is before it answers. */
export async function startNode(node: NodeOptions): Promise<NodeProcess> {
  const { folder, classPath, jvm, detached } = node;
  const logFile = logOf(folder);
  const mainClass = "kafka.Kafka";
  const archive = classArchive(classPath, mainClass);
  const writesClasses = archive.isWritten && node.writesClasses;
  const options = archive.isWritten && !writesClasses ? [] : archive.options;
  const command = ["java", ...options, ...shortRun, ...jvm, "-cp", classPath, mainClass, settingsOf(folder)];
  const log = openSync(logFile, "a");
  const child = detached
    ? spawn("java", command.slice(1), { detached: true, stdio: ["ignore", log, log] })
    : spawn("sh", ["-c", guarded, logFile, ...command], {
        // A group of its own: Ctrl-C ends this process alone, which then ends the brokers one after the other.
        detached: true,
        stdio: ["pipe", "pipe", log],
      });
  closeSync(log);
  const pid = detached ? (child.pid ?? 0) : await firstNumber(child);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // Invariant: `ended` is null until the broker's process has ended, then how.
  let ended: string | null = null;
  child.once("exit", (code, signal) => {
    ended = signal ?? `exit code ${code}`;
  });
  if (detached) child.unref();

  // Invariant: once it was sent SIGKILL, what it may have written of the archive is not kept.
  let killed = false;
  const end = async (signal: NodeJS.Signals) => {
    if (signal === "SIGKILL") killed = true;
    sendSignal(pid, signal);
    await waitForEnd(pid);
    // The guard goes when its stdin closes.
    child.stdin?.end();
    if (!detached) await exited;
    if (writesClasses) await archive.settle(!killed);
  };
  return {
    pid,
    logFile,
    writesClasses,
    ended: () => ended ?? (isAlive(pid) ? null : "killed"),
    kill: () => end("SIGKILL"),
    stop: async () => {
      const late = setTimeout(
        () => {
          killed = true;
          sendSignal(pid, "SIGKILL");
        },
        writesClasses ? stopWithinMs.writingClasses : stopWithinMs.usually,
      );
      await end("SIGTERM");
      clearTimeout(late);
    },
  };
}

function firstNumber(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout?.once("data", (line: Buffer) => resolve(Number(line.toString().trim())));
  });
}

/** Whether a process of that id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A dead child that was not waited for still answers: only its state tells.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (caught) {
    return (caught as NodeJS.ErrnoException).code === "ENOENT" && process.platform !== "linux";
  }
}

/** Sends a signal; that the process is gone is not an error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Resolves when no process of that id runs. */
export async function waitForEnd(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The end of a node's log. */
export function logTail(logFile: string, lines = 25): string {
  try {
    return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "(no log)";
  }
}
