import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isAlive } from "./node-process.ts";

/** What is known of a running cluster, by which `--stop` finds it. */
export interface RunningNote {
  readonly engine: "jvm" | "docker";
  readonly brokers: readonly string[];
  /** The brokers' processes; empty with Docker. */
  readonly pids: readonly number[];
}

const noteOf = (dataDir: string) => join(dataDir, "running.json");

export async function writeNote(dataDir: string, note: RunningNote): Promise<void> {
  await mkdir(dirname(noteOf(dataDir)), { recursive: true });
  await writeFile(noteOf(dataDir), `${JSON.stringify(note)}\n`);
}

/** The cluster that runs on the data; null when none does. */
export function readNote(dataDir: string): RunningNote | null {
  try {
    const note = JSON.parse(readFileSync(noteOf(dataDir), "utf8")) as RunningNote;
    return note.engine === "docker" || note.pids.some(isBroker) ? note : null;
  } catch {
    return null;
  }
}

export const removeNote = (dataDir: string): Promise<void> => rm(noteOf(dataDir), { force: true });

/** Whether the process is a broker still, and not another that got its number. */
export function isBroker(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("kafka.Kafka");
  } catch {
    return process.platform !== "linux";
  }
}
