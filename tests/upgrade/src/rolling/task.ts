import type { Version } from "../versions/version.ts";
import type { Rounds } from "../work/sending.ts";

/** What each process of a run is told, as JSON in its first argument. */
export interface ProcessTask {
  readonly version: Version["name"];
  /** Where the version's packages are installed. */
  readonly folder: string;
  readonly brokers: readonly string[];
}

export interface MemberTask extends ProcessTask {
  readonly databaseUrl: string;
}

export interface PublisherTask extends ProcessTask, Rounds {}

export const timerMs = 1500;
export const schema = "keyline";

/** The least that a broker allows. */
export const sessionTimeoutMs = 6000;

/** What a process tells when it has joined, or has sent all. */
export const doneMessage = "done";

export const readTask = <Task extends ProcessTask>(): Task => JSON.parse(process.argv[2] ?? "{}") as Task;
