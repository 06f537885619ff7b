import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { migrateOutbox, openPostgres } from "@keyline/outbox";
import { createRandom } from "@keyline/runtime/testing";
import { eventIn, readForeign } from "../log/foreign-log.js";
import { bundlePrograms } from "../world/bundle.js";
import { startCluster } from "../world/cluster.js";
import { type Database, startDatabase } from "../world/database.js";
import { type Committed, checkOutbox, type OutboxFindings } from "./check.js";
import { type Copies, startCopies } from "./copies.js";
import { inflictOn, type OutboxFault } from "./faults.js";
import type { OutboxOptions } from "./options.js";
import { type RelayTask, tables, type WriterTask } from "./task.js";

/** What a run found. */
export interface OutboxReport {
  readonly options: OutboxOptions;
  readonly faults: Readonly<Record<OutboxFault, number>>;
  readonly answersLost: number;
  readonly findings: OutboxFindings;
  /** Keys that a relay parked: none of this run is to be. */
  readonly parked: number;
  readonly failures: readonly string[];
}

const leaseMs = 4000;
const writers = 2;
const relays = 3;
const programs = {
  outboxWriter: "tests/chaos/src/outbox/writer.ts",
  outboxRelay: "tests/chaos/src/outbox/relay.ts",
} as const;

/** One run: writers and relays under faults, the end, and what can be said of the logs. */
export async function runOutbox(options: OutboxOptions, say: (line: string) => void): Promise<OutboxReport> {
  const [folder, bundles, cluster, database] = await Promise.all([
    mkdtemp(join(tmpdir(), "keyline-chaos-outbox-")),
    bundlePrograms(programs),
    startCluster(options.brokers),
    startDatabase(),
  ]);
  const started: Copies[] = [];
  const start = (name: string, file: string, tasks: readonly object[]) => {
    const copies = startCopies(name, { file, folder, tasks });
    started.push(copies);
    return copies;
  };
  try {
    await createTables(database);
    const writing = start("writer", bundles.files.outboxWriter, writerTasks(options, database.url));
    const publishing = start("relay", bundles.files.outboxRelay, relayTasks(cluster.brokers, database.url));
    say(`${writers} writers and ${relays} relays on ${options.brokers} brokers and PostgreSQL; logs in ${folder}`);
    const world = { cluster, database, writers: writing, relays: publishing, leaseMs };
    const isOver = () =>
      Array.from({ length: writers }, (_, place) => writing.at(place)).every((one) => !one.isRunning());
    const faults = await inflictOn(
      world,
      { random: createRandom(options.seed), seconds: options.seconds, isOver },
      say,
    );
    say("no more faults");
    const written = await writing.ended();
    await drained(database, say);
    for (let place = 0; place < relays; place += 1) publishing.at(place).signal("SIGTERM");
    const ends = await publishing.ended();
    say("everything is published: reading it back with Kafka's own client");
    const printed = await readForeign(cluster, "learning\\.(query|response)");
    const records = printed.map(eventIn);
    const commits = await database.query<Committed>("select id, student, n, topic from chaos_commits");
    return {
      ...{ options, faults, findings: checkOutbox(commits, records) },
      answersLost: cluster.proxies.reduce((sum, proxy) => sum + proxy.lost(), 0),
      parked: publishing.printed().split("parked: row").length - 1,
      failures: [
        ...written.flatMap((end, place) => (end === 0 ? [] : [`writer ${place} ended with ${end}`])),
        ...ends.flatMap((end, place) => (end === 0 ? [] : [`relay ${place} was asked to end and ended with ${end}`])),
      ],
    };
  } finally {
    for (const copies of started)
      for (let place = 0; place < copies.places; place += 1) copies.at(place).signal("SIGKILL");
    await cluster.stop();
    await database.stop();
    await bundles.remove();
  }
}

async function createTables({ url, query }: Database): Promise<void> {
  const opened = openPostgres({ url, maxConnections: 1 });
  await migrateOutbox(opened);
  await opened.close();
  for (const statement of tables) await query(statement);
}

const writerTasks = ({ commits, students, seed }: OutboxOptions, url: string): readonly WriterTask[] =>
  Array.from({ length: writers }, (_, writer) => ({
    ...{ writer, url, students, seed: seed + writer },
    commits: Math.ceil(commits / writers),
  }));

const relayTasks = (brokers: readonly string[], url: string): readonly RelayTask[] =>
  Array.from({ length: relays }, () => ({ url, brokers, leaseMs }));

/** Resolves when the outbox is empty; rejects where that takes longer than two minutes without a row less. */
async function drained({ query }: Database, say: (line: string) => void): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let sinceMs = performance.now();
  for (;;) {
    const [found] = await query<{ rows: number }>("select count(*)::integer as rows from keyline.outbox_events");
    const rows = found?.rows ?? 0;
    if (rows === 0) return;
    if (rows < least) sinceMs = performance.now();
    if (performance.now() - sinceMs > 120_000) throw new Error(`${rows} rows of the outbox are not published`);
    if (rows < least) say(`${rows} rows wait`);
    least = Math.min(least, rows);
    await sleep(1000);
  }
}
