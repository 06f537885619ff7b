import type { KeylineError } from "../errors.js";
import type { CommandChange, LaneId, ParkedRow, ReleaseCommand, Store } from "../ports/store.js";

/** What is to be done next for a command to release a key. */
export interface ReleaseStep {
  readonly command: ReleaseCommand;
  /** The key's first parked event; null when none is left. */
  readonly parked: ParkedRow | null;
  /** Whether others wait behind it. */
  readonly more: boolean;
  readonly as: "replayed" | "skipped";
}

/** The commands to release keys of a lane: read now and then, and done one event at a time. */
export interface Releases {
  /** Looks for commands, where there can be any. `some` is called when there are. */
  tick(mayPark: boolean, some: () => void): void;
  /** The next step; null when there is none. */
  next(): Promise<ReleaseStep | null>;
  /** How the command stands after a step. */
  after(step: ReleaseStep): CommandChange;
  /** The step was written: a command that is done is forgotten. */
  written(change: CommandChange): void;
  /** Forgets all: they are read again. */
  clear(): void;
}

const readEveryMs = 1000;

/**
 * Invariant: `commands` are the oldest commands of the lane that are not done, each with its progress as the store has it;
 * they are read only when none is left, so a step is never taken twice. At most one question is under way.
 */
export function createReleases(options: {
  readonly store: Store;
  readonly lane: LaneId;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}): Releases {
  const { store, lane, nowMs } = options;
  let commands: ReleaseCommand[] = [];
  let asking = false;
  let lastReadMs = Number.NEGATIVE_INFINITY;

  const read = async (some: () => void) => {
    asking = true;
    lastReadMs = nowMs();
    try {
      const found = await store.readCommands(lane);
      if (commands.length === 0) commands = [...found];
      if (found.length > 0) some();
    } catch {
      // Asked again at a later tick.
    } finally {
      asking = false;
    }
  };

  return {
    tick(mayPark, some) {
      if (mayPark && !asking && commands.length === 0 && nowMs() - lastReadMs >= readEveryMs) void read(some);
    },
    async next() {
      const [command] = commands;
      if (!command) return null;
      const [parked = null, behind] = await store.readParked(lane, command.key, 2);
      const as = command.action === "skip" && command.progress === 0 ? "skipped" : "replayed";
      return { command, parked, more: behind !== undefined, as };
    },
    after: ({ command, parked, more }) => {
      const progress = command.progress + (parked ? 1 : 0);
      return { id: command.id, progress, result: more ? null : resultOf(command, progress) };
    },
    written({ id, progress, result }) {
      commands = commands.flatMap((command) => {
        if (command.id !== id) return command;
        return result === null ? { ...command, progress } : [];
      });
    },
    clear() {
      commands = [];
      lastReadMs = Number.NEGATIVE_INFINITY;
    },
  };
}

function resultOf({ action }: ReleaseCommand, progress: number): string {
  if (progress === 0) return "nothing of the key was parked";
  return action === "replay" ? `replayed ${progress}` : `skipped 1, replayed ${progress - 1}`;
}

/** A command that cannot go on: the key stays parked, with the event that failed first. */
export function stoppedAt({ command, parked }: ReleaseStep, { message }: KeylineError): CommandChange {
  const place = parked ? `${parked.topic}/${parked.partition}@${parked.offset}` : "its start";
  const result = `stopped at ${place} after ${command.progress}: ${message}`;
  return { id: command.id, progress: command.progress, result };
}
