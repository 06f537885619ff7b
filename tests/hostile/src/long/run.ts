import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createKafkajsTransport } from "@keyline/kafkajs";
import { deadLetterTopic } from "@keyline/runtime/tools";
import {
  bundlePrograms,
  memoryBytes,
  publishTasks,
  readTables,
  settled,
  startProcess,
  startWorld,
  type World,
} from "@student-events/chaos/kit";
import type { HostileOptions } from "../options.js";
import { countsOf } from "./counts.js";
import { apps, type Found, goodTopics, reportOf } from "./findings.js";
import { readHostile } from "./hostile-journal.js";
import { readProbes } from "./probes.js";
import { readLetters, readLogs } from "./read-logs.js";
import type { HostileReport } from "./report.js";
import { type HostileTask, type Task, taskVariable } from "./tasks.js";
import { type Window, windowsOf } from "./windows.js";

/** As the apps have it by default: no copy of them is killed here. */
const settings = { KAFKA_SESSION_TIMEOUT_MS: "30000" };

/** Longer than the apps, the class and the probes take to start. */
const startsWithinMs = 20_000;

/** One run: the world, the class and the probes, hostile records by turns, the end, and what can be said of it. */
export async function runHostile(options: HostileOptions, say: (line: string) => void): Promise<HostileReport> {
  const world = await startWorld({ brokers: 1, students: options.students, settings });
  try {
    const found = await played(world, options, say);
    return reportOf(options, found);
  } finally {
    await world.stop();
  }
}

/** Plays the run and reads back what it left. */
async function played(world: World, options: HostileOptions, say: (line: string) => void): Promise<Found> {
  const { folder, apps: copies } = world;
  const running = apps.map(({ group }) => ({ group, process: copies.start(group) }));
  const windows = windowsOf(options.minutes, Date.now() + startsWithinMs);
  say(`both apps on one broker and PostgreSQL; logs in ${folder}`);
  const journals = await publish(world, options, windows, say);
  say("all is written: the apps finish what there is");
  await settled(
    world,
    apps.map(({ group }) => group),
    180_000,
    say,
  );
  const memory = running.map(({ group, process }) => ({
    app: group,
    peakMb: Math.round(memoryBytes(process.pid, "peak") / 2 ** 20),
  }));
  const counts = await Promise.all(
    running.map(async ({ group, process }) => [group, await countsOf(join(folder, `${process.name}.log`))] as const),
  );
  await copies.stop();
  say("reading everything back");
  const { tables, logs, letters } = await readBack(world);
  return {
    ...{ windows, memory, counts: new Map(counts), tables, logs, letters },
    notes: readHostile(journals.hostile),
    probes: readProbes(
      journals.probe,
      apps.map(({ group }) => group),
    ),
    classJournal: journals.class,
    failures: [...copies.failures, ...copies.late, ...journals.failures],
  };
}

/** Where each process noted what it did, and what went wrong with them. */
interface Journals {
  readonly hostile: string;
  readonly probe: string;
  readonly class: string;
  readonly failures: readonly string[];
}

/** Lets the class, the probes and the hostile records be published; resolves when all is written. */
async function publish(
  world: World,
  options: HostileOptions,
  windows: readonly Window[],
  say: (line: string) => void,
): Promise<Journals> {
  const { folder, cluster } = world;
  const programs = await bundlePrograms({
    hostile: "tests/hostile/src/long/publish-hostile.ts",
    probe: "tests/hostile/src/long/probe.ts",
  });
  const journal = (name: string) => join(folder, `${name}.jsonl`);
  const start = (name: keyof typeof programs.files, task: Task) => {
    const environment = { [taskVariable]: JSON.stringify(task) };
    return startProcess({ name, file: programs.files[name], environment, logFile: join(folder, `${name}.log`) });
  };
  const base = { brokers: cluster.brokers, windows };
  const minutes = ((windows.at(-1)?.toMs ?? Date.now()) - Date.now()) / 60_000;
  const [lesson] = publishTasks({ ...options, minutes }, { publishers: 1, brokers: cluster.brokers, folder });
  if (!lesson) throw new Error("one publisher, one task");
  const hostile: HostileTask = {
    ...{ ...base, journal: journal("hostile") },
    ...{ seed: options.seed, rate: options.hostileRate },
    victims: Array.from({ length: options.students }, (_, index) => index + 1),
  };
  const probe = start("probe", { ...base, journal: journal("probe") });
  const running = [world.run("publisher-0", "publisher", lesson), start("hostile", hostile)];
  try {
    for (const { isHostile, fromMs, toMs } of windows) {
      await sleep(Math.max(0, fromMs - Date.now()));
      say(`${Math.round((toMs - fromMs) / 1000)} s ${isHostile ? "with" : "without"} hostile records`);
    }
    const ends = await Promise.all(running.map(async ({ name, ended }) => ({ name, end: await ended })));
    // Answers may come as late as the last of the hostile records lets them.
    await sleep(5000);
    probe.signal("SIGTERM");
    const all = [...ends, { name: probe.name, end: await probe.ended }];
    const failures = all.flatMap(({ name, end }) => (end === 0 ? [] : [`${name} ended with ${end}`]));
    return { hostile: hostile.journal, probe: journal("probe"), class: lesson.journal, failures };
  } finally {
    for (const one of [...running, probe]) one.signal("SIGKILL");
    await programs.remove();
  }
}

/** Reads the apps' tables, the logs and the dead letters. */
async function readBack({ cluster, database }: World) {
  const transport = createKafkajsTransport({ brokers: cluster.kafka.brokers, clientId: "hostile-driver" });
  try {
    return {
      tables: await readTables(database),
      logs: await readLogs(transport, goodTopics),
      letters: await readLetters(transport, goodTopics.map(deadLetterTopic)),
    };
  } finally {
    await transport.close();
  }
}
