import { readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Process, startProcess } from "./processes.js";

/** The apps of the repository that run a projection. */
export const appNames = ["progress", "struggle", "teacher"] as const;

export type AppName = (typeof appNames)[number];

/** What runs in copies: the apps, and a plain handler. */
const copied = [...appNames, "points"] as const;

export type CopiedName = (typeof copied)[number];

/** The copies of the apps. */
export interface Apps {
  /** Those that run. */
  running(app: CopiedName): readonly Process[];
  start(app: CopiedName): Process;
  /** Asks a copy to end, as a deploy does. Throws when it does not end with 0. */
  leave(copy: Process): Promise<void>;
  /** Ends a copy as a crash does. */
  kill(copy: Process): Promise<void>;
  /** Stops a copy for a while without its knowing, then wakes it. */
  stall(copy: Process, forMs: number): Promise<void>;
  /** What went wrong by itself: copies that ended and were not asked to. */
  readonly failures: readonly string[];
  /** Copies that were asked to end and, after the time that they allow themselves, gave up what was under way: they say so. */
  readonly late: readonly string[];
  /** What each copy printed. */
  logFiles(): readonly string[];
  stop(): Promise<void>;
  /** Ends what still runs, at once. */
  end(): Promise<void>;
}

export interface AppsOptions {
  readonly files: Readonly<Record<CopiedName, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** More than the apps allow themselves. */
const endWithinMs = 40_000;

export function createApps({ files, environment, folder }: AppsOptions): Apps {
  // Invariant: `copies` holds every copy that was started, `asked` those whose end was asked for: any other that
  // ends is one of `failures`. `late` are those that ended in another way than asked, and said why. `count` gives each copy
  // its own name.
  const copies: { readonly app: CopiedName; readonly process: Process }[] = [];
  const asked = new Set<Process>();
  const failures: string[] = [];
  const late: string[] = [];
  let count = 0;

  const logFileOf = ({ name }: { readonly name: string }) => `${folder}/${name}.log`;

  const running = (app: CopiedName) =>
    copies.filter((copy) => copy.app === app && copy.process.isRunning()).map(({ process }) => process);

  const leave = async (copy: Process) => {
    asked.add(copy);
    const end = await askToEnd(copy, logFileOf(copy));
    if (end.isGood) return;
    (end.gaveUp ? late : failures).push(`${copy.name} was asked to end and ${end.how}`);
  };

  return {
    ...{ failures, late },
    running,
    start(app) {
      count += 1;
      const name = `${app}-${count}`;
      const process = startProcess({ name, file: files[app], environment, logFile: logFileOf({ name }) });
      copies.push({ app, process });
      process.ended.then((how) => {
        if (!asked.has(process)) failures.push(`${name} ended by itself with ${how}`);
      });
      return process;
    },
    leave,
    async kill(copy) {
      asked.add(copy);
      copy.signal("SIGKILL");
      await copy.ended;
    },
    async stall(copy, forMs) {
      copy.signal("SIGSTOP");
      await sleep(forMs);
      copy.signal("SIGCONT");
    },
    async stop() {
      await Promise.all(copied.flatMap((app) => running(app).map(leave)));
    },
    logFiles: () => copies.map(({ process }) => logFileOf(process)),
    async end() {
      const left = copies.filter(({ process }) => process.isRunning());
      for (const { process } of left) {
        asked.add(process);
        process.signal("SIGKILL");
      }
      await Promise.all(left.map(({ process }) => process.ended));
    },
  };
}

/** How a copy ended that was asked to. */
interface End {
  readonly isGood: boolean;
  /** It said that what was under way did not end in time. */
  readonly gaveUp: boolean;
  readonly how: string;
}

/** Asks a copy to end, as a deploy does; one that does not is killed. */
async function askToEnd(copy: Process, logFile: string): Promise<End> {
  await untilListening(copy, logFile);
  copy.signal("SIGTERM");
  const over = new AbortController();
  const hangs = sleep(endWithinMs, null, { signal: over.signal }).catch(() => null);
  const ended = await Promise.race([copy.ended, hangs]);
  over.abort();
  if (ended === null) copy.signal("SIGKILL");
  return {
    isGood: ended === 0,
    gaveUp: ended === 1 && readFileSync(logFile, "utf8").includes("not closed within"),
    how: ended === null ? `did not within ${endWithinMs / 1000} s` : `ended with ${ended}`,
  };
}

/** Until its code is loaded a process does not listen to signals, and the system ends it; what it says first shows that it is. */
async function untilListening(copy: Process, logFile: string): Promise<void> {
  const deadlineMs = performance.now() + endWithinMs;
  while (copy.isRunning() && statSync(logFile).size === 0 && performance.now() < deadlineMs) await sleep(50);
}
