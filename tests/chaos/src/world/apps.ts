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
  /**
   * Starts another copy with the instance id of one that stands still, which then wakes. Notes a failure unless one of them
   * ends by itself, and says why: the one that did not join last, which on a busy machine may be the newer one.
   */
  replace(copy: Process, afterMs: number): Promise<void>;
  /** Whether a copy has an instance id: every other one of an app has. One that starts takes the first id that is free. */
  isStatic(copy: Process): boolean;
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
  // its own name. Of the copies of an app that run, each has a slot of its own, but for one that is replaced.
  const copies: Copy[] = [];
  const asked = new Set<Process>();
  const failures: string[] = [];
  const late: string[] = [];
  let count = 0;

  const logFileOf = ({ name }: { readonly name: string }) => `${folder}/${name}.log`;

  const copiesOf = (app: CopiedName) => copies.filter((copy) => copy.app === app && copy.process.isRunning());
  const running = (app: CopiedName) => copiesOf(app).map(({ process }) => process);
  const found = (process: Process) => copies.find((copy) => copy.process === process);

  const start = (app: CopiedName, slot = freeSlot(copiesOf(app))) => {
    count += 1;
    const name = `${app}-${count}`;
    const own = isOfStatic(slot) ? { ...environment, KAFKA_INSTANCE_ID: `${app}-${slot}` } : environment;
    const process = startProcess({ name, file: files[app], environment: own, logFile: logFileOf({ name }) });
    copies.push({ app, slot, process });
    process.ended.then((how) => {
      if (!asked.has(process)) failures.push(`${name} ended by itself with ${how}: ${saidLast(logFileOf({ name }))}`);
    });
    return process;
  };

  const leave = async (copy: Process) => {
    asked.add(copy);
    const end = await askToEnd(copy, logFileOf(copy));
    if (end.isGood) return;
    (end.gaveUp ? late : failures).push(`${copy.name} was asked to end and ${end.how}`);
  };

  return {
    ...{ failures, late },
    running,
    start: (app) => start(app),
    leave,
    isStatic: (copy) => isOfStatic(found(copy)?.slot ?? 1),
    async replace(copy, afterMs) {
      const { app = "progress", slot } = found(copy) ?? {};
      const awake = stall(copy, afterMs);
      const rivals = [copy, start(app, slot)];
      for (const rival of rivals) asked.add(rival);
      await awake;
      failures.push(...(await faultsOfRivals(rivals, logFileOf)));
      for (const rival of rivals) if (rival.isRunning()) asked.delete(rival);
    },
    async kill(copy) {
      asked.add(copy);
      copy.signal("SIGKILL");
      await copy.ended;
    },
    stall,
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

/** The last lines of a log file. */
const saidLast = (logFile: string): string => readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-5).join(" | ");

async function stall(copy: Process, forMs: number): Promise<void> {
  copy.signal("SIGSTOP");
  await sleep(forMs);
  copy.signal("SIGCONT");
}

/** A copy of an app, and which of them it is. */
interface Copy {
  readonly app: CopiedName;
  readonly slot: number;
  readonly process: Process;
}

const isOfStatic = (slot: number) => slot % 2 === 0;

function freeSlot(others: readonly Copy[]): number {
  const taken = new Set(others.map(({ slot }) => slot));
  return Array.from({ length: taken.size + 1 }, (_, slot) => slot).find((slot) => !taken.has(slot)) ?? 0;
}

/** Of two copies with one id neither has joined while coordinators are killed one after the other. */
const rivalsWithinMs = 90_000;

/** What copies with one id do wrong: one has to end, and say why, and the other to go on. */
async function faultsOfRivals(
  rivals: readonly Process[],
  logFileOf: (copy: Process) => string,
): Promise<readonly string[]> {
  const names = rivals.map(({ name }) => name).join(" and ");
  const ends = rivals.map((rival) => rival.ended.then((how) => ({ rival, how })));
  const over = new AbortController();
  const late = sleep(rivalsWithinMs, null, { signal: over.signal }).catch(() => null);
  const first = await Promise.race([...ends, late]);
  over.abort();
  if (first === null) return [`${names} have one id and both went on`];
  if (!rivals.some((rival) => rival.isRunning())) return [`${names} have one id and both ended`];
  const isTold = readFileSync(logFileOf(first.rival), "utf8").includes("instance_fenced");
  return first.how === 1 && isTold
    ? []
    : [`of ${names}, which have one id, ${first.rival.name} ended with ${first.how}`];
}

/** How a copy ended; null where it did not in time. */
async function endOf(copy: Process, withinMs: number): Promise<number | NodeJS.Signals | null> {
  const over = new AbortController();
  const late = sleep(withinMs, null, { signal: over.signal }).catch(() => null);
  const ended = await Promise.race([copy.ended, late]);
  over.abort();
  return ended;
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
  const ended = await endOf(copy, endWithinMs);
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
