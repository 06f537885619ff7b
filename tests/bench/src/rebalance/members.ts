import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { toolCommand } from "@keyline/kafka-dev";
import { topics } from "@student-events/events";
import type { Handled } from "./waits.js";

/** What a member is told. */
export interface MemberTask {
  readonly brokers: readonly string[];
  readonly groupId: string;
  /** Of a static member. */
  readonly instanceId: string | null;
}

/** After how long a silent member is out of its group; the same for all kinds. */
export const sessionTimeoutMs = 6000;

/** How often a member sends a heartbeat, and hears of a change; the same for all kinds. */
const heartbeatMs = 1000;

/** Settings of the broker, without which members of the new group protocol are slower than the others. */
export const brokerSettings: Readonly<Record<string, string>> = {
  "group.consumer.min.heartbeat.interval.ms": String(heartbeatMs),
  "group.consumer.heartbeat.interval.ms": String(heartbeatMs),
  "group.consumer.min.session.timeout.ms": String(sessionTimeoutMs),
  "group.consumer.session.timeout.ms": String(sessionTimeoutMs),
  "group.initial.rebalance.delay.ms": "0",
};

/** A kind of member, and how one is started. */
export interface Kind {
  readonly name: string;
  readonly isStatic: boolean;
  command(task: MemberTask): Promise<readonly string[]>;
}

const ours = fileURLToPath(new URL("../bin/member.js", import.meta.url));
const javas = fileURLToPath(new URL("../java/Member.java", import.meta.url));

const keyline = (name: string, isStatic: boolean): Kind => ({
  ...{ name, isStatic },
  command: async (task) => [process.execPath, ours, JSON.stringify(task)],
});

const java = (name: string, settings: readonly string[]): Kind => ({
  ...{ name, isStatic: false },
  command: ({ brokers, groupId }) =>
    toolCommand(javas, [brokers.join(","), groupId, topics.codeExecuted.address, ...settings]),
});

const classic = [`session.timeout.ms=${sessionTimeoutMs}`, `heartbeat.interval.ms=${heartbeatMs}`];
const assignors = "org.apache.kafka.clients.consumer";

/** Everything that is compared. */
export const kinds: readonly Kind[] = [
  keyline("Keyline", false),
  keyline("Keyline, static members", true),
  java("Java, cooperative-sticky", [
    ...classic,
    `partition.assignment.strategy=${assignors}.CooperativeStickyAssignor`,
  ]),
  java("Java, KIP-848 range", ["group.protocol=consumer", "group.remote.assignor=range"]),
];

/** The members of one group, each a process with a slot of its own. */
export interface Members {
  start(slot: number): Promise<void>;
  /** Ends a member as a deploy does, or as a crash does. Resolves when its process has ended. */
  end(slot: number, signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  endAll(): Promise<void>;
}

/** Starts none; `handled` is told of each event, with a name that no other process has. */
export function createMembers(
  kind: Kind,
  { brokers, groupId }: Pick<MemberTask, "brokers" | "groupId">,
  handled: (one: Handled) => void,
): Members {
  // Invariant: `running` has the process of each slot that has one; `count` gives each process its name.
  const running = new Map<number, ChildProcess>();
  let count = 0;

  const end = async (slot: number, signal: "SIGTERM" | "SIGKILL") => {
    const child = running.get(slot);
    if (!child) return;
    running.delete(slot);
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  };

  return {
    end,
    async start(slot) {
      const instanceId = kind.isStatic ? `member-${slot}` : null;
      const [program = "", ...args] = await kind.command({ brokers, groupId, instanceId });
      const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
      count += 1;
      const member = `${slot}/${count}`;
      createInterface({ input: child.stdout }).on("line", (line) => handled({ ...JSON.parse(line), member }));
      running.set(slot, child);
    },
    async endAll() {
      await Promise.all([...running.keys()].map((slot) => end(slot, "SIGKILL")));
    },
  };
}
