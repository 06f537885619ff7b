import { readFileSync } from "node:fs";
import { numberHeader } from "@student-events/classroom";
import { givenUpOf } from "./check/given-up.js";
import { historyOf } from "./check/history.js";
import { checkEffects, type Effects } from "./check/outcome.js";
import { checkPublishing, type Publishing } from "./check/publishing.js";
import { inflict } from "./faults/inflict.js";
import { type FaultKind, planFaults } from "./faults/plan.js";
import { readForeign } from "./log/foreign-log.js";
import { type Letter, sorted } from "./log/sorted.js";
import type { ChaosOptions } from "./options.js";
import { checkPoints, createPoints, type Points } from "./points/table.js";
import { readJournal } from "./publish/journal.js";
import { publishTasks } from "./publish/task.js";
import type { NoteFindings } from "./side-topics/findings.js";
import { type SideTopics, startSideTopics } from "./side-topics/side-topics.js";
import type { StockReport } from "./stock/findings.js";
import { runStock } from "./stock/run-stock.js";
import { handled, settled } from "./world/settled.js";
import { readTables } from "./world/tables.js";
import { sessionTimeoutMs, startWorld, type World } from "./world/world.js";

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
  /** What a plain handler wrote by `ctx.once`. */
  readonly points: Points;
  /** Deadlines that the clock fired, and students of whom it fired some. */
  readonly firings: number;
  /** Transactions of former owners that the store refused. */
  readonly staleWritesRefused: number;
  /** What was published and read beside the class, on topics that changed meanwhile. */
  readonly sideTopics: NoteFindings;
  /** Events that an app gave up since the database refused their student's row. */
  readonly givenUp: number;
  /** Dead letters of anything else. */
  readonly deadLetters: readonly Letter[];
  /** The comparison; null when it was left out. */
  readonly stock: StockReport | null;
  /**
   * Copies that gave up ending in good order, as they may while a broker keeps its connections and answers nothing; without
   * silence each is a failure.
   */
  readonly gaveUpEnding: readonly string[];
  /** What else went wrong: copies that ended by themselves, or not as asked. */
  readonly failures: readonly string[];
}

const publishers = 2;
const logTopics = "(learning|code|exercise|struggle|side)\\.[a-z]+(\\.dlq)?";

/** One run: the world, the class, the faults, the end, and what can be said of it. */
export async function runChaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const world = await startWorld(options);
  try {
    const run = await runClass(world, options, say);
    say("reading everything back with Kafka's own client");
    return await reportOf(world, run, options, say);
  } finally {
    await world.stop();
  }
}

/** What the class did, and what was done to it. */
interface ClassRun {
  readonly faults: ChaosReport["faults"];
  readonly sideTopics: SideTopics;
  readonly journals: readonly string[];
  /** How each publishing process ended. */
  readonly ends: readonly (number | NodeJS.Signals)[];
}

/** How long the apps may take for what is left: on a busy machine a lane that moved all the time has most of it left. */
const settleWithinMs = 240_000;

/** Lets the class publish under faults, then waits until all is applied, and ends the apps. */
async function runClass(world: World, options: ChaosOptions, say: (line: string) => void): Promise<ClassRun> {
  const { folder, cluster, database, apps } = world;
  await createPoints(database);
  for (const app of ["progress", "struggle", "points"] as const)
    for (let copy = 0; copy < 2; copy += 1) apps.start(app);
  say(`four programs in ${publishers + 6} processes on ${options.brokers} brokers and PostgreSQL; logs in ${folder}`);
  const seconds = options.minutes * 60;
  const tasks = publishTasks(options, { publishers, brokers: cluster.brokers, folder });
  const classes = tasks.map((task) => world.run(`publisher-${task.publisher}`, "publisher", task));
  const plan = planFaults(options.seed, seconds * 1000, options.faults);
  const sideTopics = await startSideTopics(cluster, sessionTimeoutMs);
  const faults = await inflict(plan, { ...world, sideTopics, sessionTimeoutMs }, say);
  say("no more faults");
  const ends = await Promise.all(classes.map(({ ended }) => ended));
  say("the class is over: the apps finish what there is");
  await sideTopics.finish();
  await settled(world, ["progress", "struggle"], settleWithinMs, say);
  await handled(world, settleWithinMs, say);
  say("all is applied and published: the apps are asked to end");
  await apps.stop();
  return { faults, sideTopics, journals: tasks.map(({ journal }) => journal), ends };
}

/** Holds the log, as Kafka's own client reads it, and the tables against what was acknowledged. */
async function reportOf(
  { cluster, database, apps, rows, bundles, folder }: World,
  { faults, sideTopics, journals, ends }: ClassRun,
  options: ChaosOptions,
  say: (line: string) => void,
): Promise<ChaosReport> {
  const printed = await readForeign(cluster, logTopics);
  say(`${printed.length} records read`);
  const { records, letters, notes } = sorted(printed);
  const ofClass = records.filter(({ headers }) => headers.has(numberHeader));
  const outputs = records.filter(({ headers }) => !headers.has(numberHeader));
  const students = Map.groupBy(ofClass, ({ event }) => event.student_id);
  const histories = [...students].map(([student, own]) => historyOf(student, own));
  const givenUp = givenUpOf(letters, rows);
  const tables = await readTables(database);
  return {
    ...{ options, faults },
    answersLost: cluster.proxies.reduce((sum, proxy) => sum + proxy.lost(), 0),
    publishing: checkPublishing(journals.flatMap(readJournal), ofClass, histories),
    ambiguousStudents: histories.filter(({ isTotal }) => !isTotal).length,
    effects: checkEffects({ ...tables, histories, outputs, givenUp: givenUp.places }),
    points: await checkPoints(database, ofClass),
    firings: tables.firings.length,
    sideTopics: sideTopics.check(notes),
    givenUp: [...givenUp.places.values()].reduce((sum, { size }) => sum + size, 0),
    deadLetters: givenUp.others,
    stock: options.stock ? await runStock({ bundles, cluster, database, folder, seed: options.seed }, say) : null,
    staleWritesRefused: apps.logFiles().reduce((sum, file) => sum + linesWith(file, "fenced:"), 0),
    gaveUpEnding: apps.late,
    failures: [
      ...apps.failures,
      ...(faults["connections silenced"] ? [] : apps.late),
      ...sideTopics.failures,
      ...ends.flatMap((end, index) => (end === 0 ? [] : [`publisher ${index} ended with ${end}`])),
    ],
  };
}

const linesWith = (file: string, text: string): number =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.includes(text)).length;
