import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { historyOf } from "../check/history.js";
import { checkPublishing } from "../check/publishing.js";
import { eventIn, readForeign } from "../log/foreign-log.js";
import { readJournal } from "../publish/journal.js";
import { taskVariable } from "../publish/task.js";
import type { Bundles } from "../world/bundle.js";
import type { Cluster } from "../world/cluster.js";
import type { Database } from "../world/database.js";
import { type Process, startProcess } from "../world/processes.js";
import type { StockReport } from "./findings.js";
import { nameOfMode, type StockConsumeTask, type StockPublishTask, stockModes, stockTopic } from "./task.js";

const topics = stockModes.map(stockTopic);
const groupId = "stock";
const sessionTimeoutMs = 6000;
const seconds = 24;

/**
 * The same class, the same kinds of faults, and kafkajs as it comes: four ways to publish at once, and a group of two that
 * applies what they publish. Answers are lost at first, then two brokers are killed one after the other, each while a member
 * sleeps past its session. Whether a member that wakes sets an offset back is chance: they sleep again until one has.
 */
export async function runStock(
  { bundles, cluster, database, folder, seed }: StockWorld,
  say: (line: string) => void,
): Promise<StockReport> {
  const { kafka, admin, brokers } = cluster;
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 12 })), waitForLeaders: false });
  await database.query(
    "create table stock_effects (n bigserial, member text, topic text, partition integer, place bigint)",
  );
  // Invariant: `begun` holds every process that was started, so that the end can stop all.
  const begun: Process[] = [];
  const start = (name: string, file: string, task: StockPublishTask | StockConsumeTask) => {
    const environment = { [taskVariable]: JSON.stringify(task) };
    const process = startProcess({ name, file, environment, logFile: join(folder, `${name}.log`) });
    begun.push(process);
    return process;
  };
  const watched = watchOffsets(cluster);
  try {
    const members = ["stock-1", "stock-2"].map((member) =>
      start(member, bundles.files.stockConsumer, {
        ...{ brokers: kafka.brokers, databaseUrl: database.url, member, groupId, topics, sessionTimeoutMs },
      }),
    );
    const tasks = stockModes.map((mode): StockPublishTask => {
      const journal = join(folder, `stock-${nameOfMode(mode)}.jsonl`);
      return { ...mode, brokers, journal, students: 40, seed, firstDayMs: Date.UTC(2026, 0, 5), rate: 60, seconds };
    });
    const publishers = tasks.map((task) => start(`publisher-${nameOfMode(task)}`, bundles.files.stockPublisher, task));
    const published = Promise.all(publishers.map(({ ended }) => ended));
    const { lastRestart } = await stockFaults(cluster, members, say);
    const setBack = async () => {
      for (let round = 0; round < mostRounds && watched.back() === 0; round += 1)
        await sleepPastSession(members[round % 2]);
    };
    await Promise.all([lastRestart, setBack()]);
    await Promise.race([published, sleep(60_000)]);
    await sleep(sessionTimeoutMs);
    for (const member of members) member.signal("SIGTERM");
    const [printed] = await Promise.all([
      readForeign(cluster, "stock\\.[a-z-]+"),
      Promise.race([Promise.all(members.map(({ ended }) => ended)), sleep(10_000)]),
    ]);
    const records = printed.map(eventIn);
    const byTopic = Map.groupBy(records, ({ topic }) => topic);
    const [effects] = await database.query<{ readonly stale: string; readonly twice: string }>(
      `select
         (select count(*) from stock_effects a where exists (
            select 1 from stock_effects b
            where b.topic = a.topic and b.partition = a.partition and b.place > a.place and b.n < a.n
              and b.member <> a.member)) as stale,
         (select count(*) - count(distinct (topic, partition, place)) from stock_effects) as twice`,
    );
    return {
      modes: tasks.map(({ awaited, idempotent, journal }) => {
        const log = byTopic.get(stockTopic({ awaited, idempotent })) ?? [];
        const students = Map.groupBy(log, ({ event }) => event.student_id);
        const histories = [...students].map(([student, own]) => historyOf(student, own));
        return { awaited, idempotent, publishing: checkPublishing(readJournal(journal), log, histories) };
      }),
      staleEffects: Number(effects?.stale),
      effectsTwice: Number(effects?.twice),
      offsetsBack: await watched.stop(),
    };
  } finally {
    await watched.stop();
    for (const process of begun) if (process.isRunning()) process.signal("SIGKILL");
    await Promise.all(begun.map(({ ended }) => ended));
  }
}

/** What the comparison runs in. */
export interface StockWorld {
  readonly bundles: Bundles;
  readonly cluster: Cluster;
  readonly database: Database;
  readonly folder: string;
  readonly seed: number;
}

/** Resolves when the last member wakes, while the broker that was killed last still starts. */
async function stockFaults({ kafka, proxies }: Cluster, members: readonly Process[], say: (line: string) => void) {
  const losing = setInterval(() => {
    for (const proxy of proxies) proxy.loseNext(1);
  }, 800);
  let lastRestart = Promise.resolve();
  try {
    await sleep(6000);
    // From here on every send that is acknowledged was answered: what is lost is lost by the leader's death alone.
    clearInterval(losing);
    for (const broker of kafka.brokers.length === 1 ? [] : [0, 1]) {
      await lastRestart;
      say(`stock kafkajs: broker ${broker + 1} is killed`);
      await kafka.kill(broker);
      members[broker]?.signal("SIGSTOP");
      await sleep(sessionTimeoutMs + 1500);
      members[broker]?.signal("SIGCONT");
      lastRestart = kafka.restart(broker);
    }
    return { lastRestart };
  } finally {
    clearInterval(losing);
    for (const member of members) member.signal("SIGCONT");
  }
}

/** After the kills; what was published by then keeps the members at work for about as long. */
const mostRounds = 4;

async function sleepPastSession(member: Process | undefined): Promise<void> {
  member?.signal("SIGSTOP");
  await sleep(sessionTimeoutMs + 1500);
  member?.signal("SIGCONT");
  await sleep(1000);
}

/** Counts how often a committed offset of the group goes back. */
function watchOffsets({ admin }: Cluster): { back(): number; stop(): Promise<number> } {
  const highest = new Map<string, number>();
  let back = 0;
  let stopped = false;
  const look = async () => {
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
      for (const { partition, offset } of partitions) {
        const place = `${topic}/${partition}`;
        if (Number(offset) < (highest.get(place) ?? -1)) back += 1;
        if (Number(offset) >= 0) highest.set(place, Number(offset));
      }
    }
  };
  const watching = (async () => {
    while (!stopped) {
      // Brokers are killed meanwhile: what cannot be asked now is asked again.
      await look().catch(() => undefined);
      await sleep(150);
    }
  })();
  return {
    back: () => back,
    async stop() {
      stopped = true;
      await watching;
      return back;
    },
  };
}
