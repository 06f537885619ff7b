import { join } from "node:path";

/** What a publishing process is to do; handed over as JSON in the environment. */
export interface PublishTask {
  readonly brokers: readonly string[];
  /** Which of the publishers it is, from 0. */
  readonly publisher: number;
  readonly publishers: number;
  /** Where it notes calls and answers. */
  readonly journal: string;
  readonly students: number;
  readonly seed: number;
  /** Midnight (UTC) of the class's first day, milliseconds since 1970. */
  readonly firstDayMs: number;
  /** Events a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What is published, of all publishers together. */
export interface ClassOptions {
  readonly students: number;
  readonly seed: number;
  /** Events a second. */
  readonly rate: number;
  readonly minutes: number;
}

/** Shares a class out to publishers; its days begin tomorrow. */
export function publishTasks(
  { students, seed, rate, minutes }: ClassOptions,
  at: { readonly publishers: number; readonly brokers: readonly string[]; readonly folder: string },
): readonly PublishTask[] {
  const { publishers, brokers, folder } = at;
  const tomorrow = new Date(Date.now() + 86_400_000);
  return Array.from({ length: publishers }, (_, publisher) => ({
    ...{ brokers, publisher, publishers, students, seed },
    journal: join(folder, `publisher-${publisher}.jsonl`),
    firstDayMs: Date.UTC(tomorrow.getUTCFullYear(), tomorrow.getUTCMonth(), tomorrow.getUTCDate()),
    rate: rate / publishers,
    seconds: minutes * 60,
  }));
}

export const taskVariable = "CHAOS_TASK";

/** Reads this process's task. */
export function readTask<Task = PublishTask>(): Task {
  const text = process.env[taskVariable];
  if (text === undefined) throw new Error(`${taskVariable} is not set: this is a part of the chaos run, not a command`);
  return JSON.parse(text) as Task;
}
