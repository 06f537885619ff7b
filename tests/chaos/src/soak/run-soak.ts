import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "@keyline/kafka-dev";
import { publishTasks } from "../publish/task.js";
import { appNames } from "../world/apps.js";
import type { Process } from "../world/processes.js";
import { settled } from "../world/settled.js";
import { startWorld, type World } from "../world/world.js";
import { databaseBytes, lagOf, memoryOf, sampleEvery, type TableSize, tableSizes } from "./measure.js";
import type { SoakOptions } from "./options.js";
import type { Heard, PageTask } from "./page.js";
import { type Peaks, peaksOf, problemsOf } from "./samples.js";

/** What a soak found. */
export interface SoakReport {
  readonly options: SoakOptions;
  /** Bytes resident, by process. Those that publish and listen are shown, and not judged. */
  readonly memory: Readonly<Record<string, Peaks>>;
  /** Events not applied, by app. */
  readonly lag: Readonly<Record<string, Peaks>>;
  readonly databaseBytes: Peaks;
  readonly tables: readonly TableSize[];
  /** What the open page had heard at the end. */
  readonly page: Heard;
  readonly problems: readonly string[];
}

const publishers = 2;

/** The session timeout is the apps' own default: nothing fails here, and a busy machine loses the short one of chaos for ever. */
const settingsOf = (pagePort: number) => ({ PAGE_PORT: String(pagePort), KAFKA_SESSION_TIMEOUT_MS: "30000" });

/** One soak: the world, the class, what was measured meanwhile, and what can be said of it. */
export async function runSoak(options: SoakOptions, say: (line: string) => void): Promise<SoakReport> {
  const [port = 0] = await freePorts(1);
  const world = await startWorld({ brokers: 1, students: options.students, settings: settingsOf(port) });
  try {
    const journal = join(world.folder, "page.jsonl");
    const apps = appNames.map((app) => world.apps.start(app));
    const page = world.run("page", "page", { url: `http://127.0.0.1:${port}`, journal } satisfies PageTask);
    const seen = await duringClass(world, options, [...apps, page], say);
    await settled(world, appNames, 300_000, say);
    const tables = await tableSizes(world);
    await world.apps.stop();
    const heard = JSON.parse(readFileSync(journal, "utf8").trimEnd().split("\n").at(-1) ?? "") as Heard;
    return {
      ...{ options, tables, page: heard },
      memory: Object.fromEntries(seen.memory),
      lag: Object.fromEntries(seen.lag),
      databaseBytes: seen.database,
      problems: [
        ...problemsIn(seen, apps, options),
        ...(heard.changes > 0 ? [] : ["the open page heard of no change"]),
        ...seen.failures,
        ...world.apps.failures,
        ...world.apps.late,
      ],
    };
  } finally {
    await world.stop();
  }
}

/** What was measured while the class published. */
interface Seen {
  readonly memory: ReadonlyMap<string, Peaks>;
  readonly lag: ReadonlyMap<string, Peaks>;
  readonly database: Peaks;
  /** How publishers ended that did not end well. */
  readonly failures: readonly string[];
}

async function duringClass(
  world: World,
  options: SoakOptions,
  others: readonly Process[],
  say: (line: string) => void,
): Promise<Seen> {
  const { cluster, folder } = world;
  const tasks = publishTasks(options, { publishers, brokers: cluster.brokers, folder });
  const classes = tasks.map((task) => world.run(`publisher-${task.publisher}`, "publisher", task));
  say(`${others.length + classes.length} processes on one broker and PostgreSQL; logs in ${folder}`);
  const over = new AbortController();
  const measured = Promise.all([
    sampleEvery(500, over.signal, () => memoryOf([...others, ...classes])),
    sampleEvery(3000, over.signal, () => lagOf(world, appNames)),
    sampleEvery(3000, over.signal, async () => ({ all: await databaseBytes(world) })),
  ]);
  const ends = await Promise.all(classes.map(({ ended }) => ended));
  over.abort();
  say("the class is over: the apps finish what there is");
  const [memory, lag, database] = await measured;
  const durationMs = memory.at(-1)?.atMs ?? 1;
  return {
    memory: peaksOf(memory, durationMs),
    lag: peaksOf(lag, durationMs),
    database: peaksOf(database, durationMs).get("all") ?? [0, 0, 0],
    failures: ends.flatMap((end, index) => (end === 0 ? [] : [`publisher ${index} ended with ${end}`])),
  };
}

const nothing: Peaks = [0, 0, 0];

/** Those that publish and listen are parts of the soak. */
function problemsIn({ memory, lag }: Seen, apps: readonly Process[], { rate }: SoakOptions): readonly string[] {
  const judged = new Map(apps.map(({ name }) => [name, memory.get(name) ?? nothing]));
  const unknown = appNames.flatMap((app) => (lag.has(app) ? [] : [`it was not measured how far ${app} is behind`]));
  return [...problemsOf({ memory: judged, lag, rate }), ...unknown];
}
