import { readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberHeader } from "@student-events/classroom";
import { historyOf } from "./check/history.js";
import { checkEffects, type Effects } from "./check/outcome.js";
import { checkPublishing, type Publishing } from "./check/publishing.js";
import { inflict } from "./faults/inflict.js";
import { type FaultKind, planFaults } from "./faults/plan.js";
import { readForeign } from "./log/foreign-log.js";
import type { ChaosOptions } from "./options.js";
import { readJournal } from "./publish/journal.js";
import type { PublishTask } from "./publish/task.js";
import { taskVariable } from "./publish/task.js";
import type { StockReport } from "./stock/findings.js";
import { runStock } from "./stock/run-stock.js";
import { createApps } from "./world/apps.js";
import { bundlePrograms } from "./world/bundle.js";
import { recordsIn, startCluster } from "./world/cluster.js";
import { startDatabase } from "./world/database.js";
import { type Process, startProcess } from "./world/processes.js";
import { settled } from "./world/settled.js";
import { readTables } from "./world/tables.js";

/** What a run found. */
export interface ChaosReport {
  readonly options: ChaosOptions;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Answers that the proxies swallowed, each with its connection. */
  readonly answersLost: number;
  readonly publishing: Publishing;
  /** Students whose events the log leaves in more than one possible order. */
  readonly ambiguousStudents: number;
  readonly effects: Effects;
  /** Deadlines that the clock fired, and students of whom it fired some. */
  readonly firings: number;
  /** Transactions of former owners that the store refused. */
  readonly staleWritesRefused: number;
  /** Records in the dead-letter topics. */
  readonly deadLetters: number;
  /** The comparison; null when it was left out. */
  readonly stock: StockReport | null;
  /** What else went wrong: copies that ended by themselves, or not as asked. */
  readonly failures: readonly string[];
}

const publishers = 2;
const sessionTimeoutMs = 6000;
const classTopics = "(learning|code|exercise|struggle)\\.[a-z]+";

/** One run: the world, the class, the faults, the end, and what can be said of it. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const folder = await mkdtemp(join(tmpdir(), "keyline-chaos-"));
  const bundles = await bundlePrograms();
  const cluster = await startCluster(options.brokers);
  const database = await startDatabase();
  const environment = {
    KAFKA_BROKERS: cluster.brokers.join(","),
    KAFKA_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
    DATABASE_URL: database.url,
  };
  const apps = createApps({ files: bundles.files, environment, folder });
  const classes: Process[] = [];
  try {
    for (const app of ["progress", "struggle", "progress", "struggle"] as const) apps.start(app);
    say(
      `three programs in ${publishers + 4} processes on ${options.brokers} brokers and PostgreSQL; logs in ${folder}`,
    );
    const seconds = options.minutes * 60;
    const tasks = tasksOf(options, cluster.brokers, folder, seconds);
    for (const task of tasks) {
      const name = `publisher-${task.publisher}`;
      const environment = { [taskVariable]: JSON.stringify(task) };
      const file = bundles.files.publisher;
      classes.push(startProcess({ name, file, environment, logFile: join(folder, `${name}.log`) }));
    }
    const plan = planFaults(options.seed, seconds * 1000);
    const faults = await inflict(plan, { cluster, database, apps, sessionTimeoutMs }, say);
    say("no more faults");
    const ends = await Promise.all(classes.map(({ ended }) => ended));
    say("the class is over: the apps finish what there is");
    await settled(cluster.admin, database, 120_000, say);
    say("all is applied and published: the apps are asked to end");
    await apps.stop();
    say("reading everything back with Kafka's own client");
    const records = await readForeign({
      brokers: cluster.kafka.brokers,
      topics: classTopics,
      records: await recordsIn(cluster.admin, new RegExp(`^${classTopics}$`)),
    });
    say(`${records.length} records read`);
    const ofClass = records.filter(({ headers }) => headers.has(numberHeader));
    const outputs = records.filter(({ headers }) => !headers.has(numberHeader));
    const students = Map.groupBy(ofClass, ({ event }) => event.student_id);
    const histories = [...students].map(([student, own]) => historyOf(student, own));
    const tables = await readTables(database);
    return {
      options,
      faults,
      answersLost: cluster.proxies.reduce((sum, proxy) => sum + proxy.lost(), 0),
      publishing: checkPublishing(
        tasks.flatMap(({ journal }) => readJournal(journal)),
        ofClass,
        histories,
      ),
      ambiguousStudents: histories.filter(({ isTotal }) => !isTotal).length,
      effects: checkEffects({
        ...tables,
        histories,
        outputs,
      }),
      firings: tables.firings.length,
      deadLetters: await recordsIn(cluster.admin, /\.dlq$/),
      stock: options.stock ? await runStock({ bundles, cluster, database, folder, seed: options.seed }, say) : null,
      staleWritesRefused: apps.logFiles().reduce((sum, file) => sum + linesWith(file, "fenced:"), 0),
      failures: [
        ...apps.failures,
        ...ends.flatMap((end, index) => (end === 0 ? [] : [`publisher ${index} ended with ${end}`])),
      ],
    };
  } finally {
    for (const one of classes) one.signal("SIGKILL");
    await apps.end();
    await cluster.stop();
    await database.stop();
    await bundles.remove();
  }
}

function tasksOf(
  { students, seed, rate }: ChaosOptions,
  brokers: readonly string[],
  folder: string,
  seconds: number,
): readonly PublishTask[] {
  const tomorrow = new Date(Date.now() + 86_400_000);
  return Array.from({ length: publishers }, (_, publisher) => ({
    brokers,
    publisher,
    publishers,
    journal: join(folder, `publisher-${publisher}.jsonl`),
    students,
    seed,
    firstDayMs: Date.UTC(tomorrow.getUTCFullYear(), tomorrow.getUTCMonth(), tomorrow.getUTCDate()),
    rate: rate / publishers,
    seconds,
  }));
}

const linesWith = (file: string, text: string): number =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.includes(text)).length;
