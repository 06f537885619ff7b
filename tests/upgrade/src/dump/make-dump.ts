import { setTimeout as sleep } from "node:timers/promises";
import type { PGlite } from "@electric-sql/pglite";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import type { Cluster, Runner, Version } from "../versions/version.ts";
import { logsOf, outputTopic } from "../work/evidence.ts";
import { books, tally } from "../work/projections.ts";
import { sendEvent } from "../work/sending.ts";
import type { DumpedLog } from "./dump.ts";
import { endMs, keylessTopic, keys, letterTopic, schema, startMs, timerMs } from "./scene.ts";
import { dumpSchema } from "./sql-dump.ts";

const all = Object.values(keys);
const minute = 60_000;

/** Runs the code of a version until something of everything lies in its store, and resolves to what lies there. */
export async function makeDump(version: Version): Promise<{ readonly sql: string; readonly log: DumpedLog }> {
  const cluster = version.createCluster({ clusterId: "the-cluster-of-the-dump", seed: 1 });
  const database = await emptyDatabase();
  try {
    await fill(version, cluster, database);
    const records = [...cluster.topics().keys()].flatMap((topic) => cluster.records(topic));
    return { sql: await dumpSchema(database, schema), log: { clusterId: cluster.clusterId, records } };
  } finally {
    await database.close();
  }
}

async function fill(version: Version, cluster: Cluster, database: PGlite): Promise<void> {
  let nowMs = startMs + minute;
  const clock = () => nowMs;
  const store = await version.pgliteStore({ database, schema });
  const transport = cluster.transport();
  const sender = version.createSender({ transport, source: "dump", clock });
  const refused = new Set([keys.parked, keys.skipped].map((key) => `${key} e3`));
  const run = (definition: object) => {
    const common = { transport, store, clock, retry: { attempts: 1, firstDelayMs: 5 }, onFailure: "hold" } as const;
    return version.createRunner({ definition: definition as never, ...common });
  };
  const runners: Runner[] = [tally({ timerMs, refuses: (key, text) => refused.has(`${key} ${text}`) }), books()].map(
    run,
  );
  for (const runner of runners) await runner.start();
  const send = (key: number, n: number, atMs = startMs + n * 1000) => sendEvent(sender, key, n, atMs);
  const shows = (key: number, ...log: readonly string[]) =>
    until(async () => {
      for (const app of ["tally", "books"]) {
        if (String((await logsOf(store, schema, app)).get(String(key))) !== String(log)) return false;
      }
      return true;
    });

  for (const key of all) for (const n of [0, 1, 2]) await send(key, n);
  await send(keys.plain, 1);
  for (const key of [keys.parked, keys.skipped]) for (const n of [3, 4]) await send(key, n);
  for (const key of all) await shows(key, "e0", "e1", "e2");
  await until(async () => (await store.sql(`select 1 from ${schema}.parked`)).length === 4);
  await version.askRelease(store, "tally", { key: String(keys.skipped), action: "skip", by: "an operator" });
  await shows(keys.skipped, "e0", "e1", "e2", "e4");

  nowMs = startMs + 11 * minute;
  for (const key of [keys.plain, keys.timed, keys.unpublished]) await shows(key, "e0", "e1", "e2", "t0");
  await shows(keys.skipped, "e0", "e1", "e2", "e4", "t0");

  nowMs = startMs + 12 * minute;
  await send(keys.timed, 5, nowMs);
  await shows(keys.timed, "e0", "e1", "e2", "t0", "e5");
  const [output] = cluster.records(outputTopic).filter(({ key }) => key === String(keys.unpublished));
  const partition = output?.partition ?? 0;
  for (const topic of [outputTopic, letterTopic]) cluster.refuseAppends({ topic, partition });
  for (const n of [3, 4]) await send(keys.unpublished, n);
  cluster.produce({ topic: keylessTopic, partition, key: null, value: "{}", headers: [], timestampMs: nowMs });
  await until(async () => (await store.sql(`select 1 from ${schema}.outbox`)).length === 3);

  nowMs = endMs;
  await Promise.all([...runners.map((runner) => runner.close()), sender.close()]);
  await version.askRelease(store, "tally", { key: String(keys.parked), action: "replay", by: "an operator" });
  await transport.close();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadlineMs = performance.now() + 20_000; !(await holds()); await sleep(20)) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${holds}`);
  }
}
