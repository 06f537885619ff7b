import { setTimeout as sleep } from "node:timers/promises";
import { struggleTopics } from "@student-events/demo/verify";
import type { SideTopics } from "../side-topics/side-topics.js";
import type { AppName, Apps } from "../world/apps.js";
import type { Cluster } from "../world/cluster.js";
import type { Database } from "../world/database.js";
import type { OpenTransactions } from "../world/open-transactions.js";
import type { Process } from "../world/processes.js";
import type { RefusedRows } from "../world/refused-rows.js";
import { type Fault, type FaultKind, type Track, trackOf } from "./plan.js";

/** What faults are done to. */
export interface World {
  readonly cluster: Cluster;
  readonly database: Database;
  readonly apps: Apps;
  readonly transactions: OpenTransactions;
  readonly rows: RefusedRows;
  readonly sideTopics: SideTopics;
  /** After how long a silent copy is out of its group. */
  readonly sessionTimeoutMs: number;
}

/** Does what the plan says, when it says it, and resolves when all is repaired, with how often each was done. */
export async function inflict(
  plan: readonly Fault[],
  world: World,
  say: (line: string) => void,
): Promise<Readonly<Partial<Record<FaultKind, number>>>> {
  const startMs = performance.now();
  const done: Partial<Record<FaultKind, number>> = {};
  const onTrack = async (faults: readonly Fault[]) => {
    for (const fault of faults) {
      await sleep(Math.max(0, fault.atMs - (performance.now() - startMs)));
      say(fault.kind);
      await acts[fault.kind](world, fault.pick);
      done[fault.kind] = (done[fault.kind] ?? 0) + 1;
    }
  };
  const tracks = Map.groupBy(plan, ({ kind }): Track => trackOf(kind));
  await Promise.all([...tracks.values()].map(onTrack));
  return done;
}

type Act = (world: World, pick: number) => Promise<void>;

const acts: Readonly<Record<FaultKind, Act>> = {
  async "broker killed"({ cluster }, pick) {
    const broker = Math.floor(pick * cluster.kafka.brokers.length);
    await cluster.kafka.kill(broker);
    await sleep(7000);
    await cluster.kafka.restart(broker);
  },
  async "app killed"({ apps }, pick) {
    const { app, copy } = choose(apps, pick);
    await apps.kill(copy);
    await sleep(1000);
    apps.start(app);
  },
  async "app stalled"({ apps, sessionTimeoutMs }, pick) {
    await apps.stall(choose(apps, pick).copy, sessionTimeoutMs + 3000);
  },
  async "app joined"({ apps }, pick) {
    apps.start(choose(apps, pick).app);
  },
  async "app replaced"({ apps, sessionTimeoutMs }, pick) {
    await apps.replace(choose(apps, pick, apps.isStatic).copy, sessionTimeoutMs + 3000);
  },
  async "app left"({ apps }, pick) {
    const { app, copy } = choose(apps, pick);
    await apps.leave(copy);
    if (apps.running(app).length < 2) apps.start(app);
  },
  async "database restarted"({ database }) {
    await database.restart();
  },
  async "answers lost"({ cluster }, pick) {
    proxyOf(cluster, pick)?.loseNext(1 + (Math.floor(pick * 100) % 3));
  },
  async "connections silenced"({ cluster }, pick) {
    proxyOf(cluster, pick)?.silence(directions[Math.floor(pick * 100) % directions.length], silenceMs);
  },
  async "row refused"({ rows }, pick) {
    await rows.refuse(pick, 6000);
  },
  async "partitions added"({ sideTopics }) {
    await sideTopics.addPartitions();
  },
  async "topic recreated"({ sideTopics }) {
    await sideTopics.recreate();
  },
  async "handler killed"({ apps }, pick) {
    await apps.kill(handlerOf(apps, pick));
    await sleep(1000);
    apps.start("points");
  },
  async "handler stalled"({ apps, sessionTimeoutMs }, pick) {
    await apps.stall(handlerOf(apps, pick), sessionTimeoutMs + 3000);
  },
  async "transaction left open"({ transactions }, pick) {
    const topic = struggleTopics[Math.floor(pick * struggleTopics.length)] ?? "";
    await transactions.open(topic, Math.floor(pick * 100) % 12);
  },
};

const directions = ["requests", "answers", "both"] as const;

/** So long new connections are silent too. */
const silenceMs = 4000;

const proxyOf = ({ proxies }: Cluster, pick: number) => proxies[Math.floor(pick * proxies.length)];

function handlerOf(apps: Apps, pick: number): Process {
  const copies = apps.running("points");
  const chosen = copies[Math.floor(pick * copies.length)];
  if (!chosen) throw new Error("no copy of the plain handler runs");
  return chosen;
}

interface Chosen {
  readonly app: AppName;
  readonly copy: Process;
}

function choose(apps: Apps, pick: number, isMeant: (copy: Process) => boolean = () => true): Chosen {
  const all = (["progress", "struggle"] as const).flatMap((app) =>
    apps
      .running(app)
      .filter(isMeant)
      .map((copy) => ({ app, copy })),
  );
  const chosen = all[Math.floor(pick * all.length)];
  if (!chosen) throw new Error("no copy of an app runs");
  return chosen;
}
