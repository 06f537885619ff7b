import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Member } from "../work/rolling.ts";
import { doneMessage, type MemberTask, type ProcessTask, type PublisherTask } from "./task.ts";

/** The processes of a run. */
export interface Processes {
  /** Resolves when it has joined. */
  startMember(task: MemberTask): Promise<Member>;
  /** Resolves when it has sent all. */
  publish(task: PublisherTask): Promise<void>;
  /** Those that ended by themselves, and how. */
  readonly failures: readonly string[];
  /** Ends what still runs. */
  killAll(): Promise<void>;
}

/**
 * @see Processes
 * Invariant: each process that was started is in `running` until it has ended, and in `killed` before it is sent SIGKILL.
 * One that ended with another code than 0 and is not in `killed` has a line in `failures`.
 */
export function createProcesses(): Processes {
  const running = new Set<ChildProcess>();
  const killed = new WeakSet<ChildProcess>();
  const failures: string[] = [];

  /** Resolves once the process says that it is done. */
  const start = async (program: string, task: ProcessTask): Promise<ChildProcess> => {
    const child = fork(join(import.meta.dirname, program), [JSON.stringify(task)]);
    running.add(child);
    const ended = once(child, "exit").then(([code, signal]) => {
      running.delete(child);
      if (code !== 0 && !killed.has(child)) failures.push(`${program} of ${task.version} ended with ${code ?? signal}`);
      return "ended" as const;
    });
    const said = once(child, "message").then(([message]) => message as string);
    const first = await Promise.race([said, ended]);
    if (first !== doneMessage) throw new Error(failures.at(-1) ?? `${program} of ${task.version} ended too soon`);
    return child;
  };

  const over = async (child: ChildProcess, signal: NodeJS.Signals) => {
    const exit = running.has(child) ? once(child, "exit") : null;
    child.kill(signal);
    await exit;
  };

  const kill = (child: ChildProcess) => {
    killed.add(child);
    return over(child, "SIGKILL");
  };

  return {
    failures,
    async startMember(task) {
      const child = await start("member-process.ts", task);
      return {
        close: () => over(child, "SIGTERM"),
        kill: () => kill(child),
        stall() {
          child.kill("SIGSTOP");
          return () => void child.kill("SIGCONT");
        },
      };
    },
    async publish(task) {
      await start("publisher-process.ts", task);
    },
    async killAll() {
      await Promise.all([...running].map(kill));
    },
  };
}
