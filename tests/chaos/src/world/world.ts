import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { taskVariable } from "../publish/task.js";
import { type Apps, createApps } from "./apps.js";
import { type Bundles, bundlePrograms, type Program, programs } from "./bundle.js";
import { type Cluster, startCluster } from "./cluster.js";
import { type Database, startDatabase } from "./database.js";
import { createOpenTransactions, type OpenTransactions } from "./open-transactions.js";
import { type Process, startProcess } from "./processes.js";
import { createRefusedRows, type RefusedRows } from "./refused-rows.js";

export const sessionTimeoutMs = 6000;

/** What a run needs: started once, stopped at the end whatever happened. */
export interface World {
  readonly folder: string;
  readonly bundles: Bundles;
  readonly cluster: Cluster;
  readonly database: Database;
  readonly apps: Apps;
  readonly transactions: OpenTransactions;
  readonly rows: RefusedRows;
  /** Starts a program that is told its task. */
  run(name: string, program: Program, task: object): Process;
  stop(): Promise<void>;
}

/** How a world is made. */
export interface WorldOptions {
  readonly brokers: 1 | 3;
  readonly students: number;
  /** Further settings of the apps. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts brokers, a database and what runs beside them. */
export async function startWorld({ brokers, students, settings = {} }: WorldOptions): Promise<World> {
  const [folder, bundles, cluster, database] = await Promise.all([
    mkdtemp(join(tmpdir(), "keyline-chaos-")),
    bundlePrograms(programs),
    startCluster(brokers),
    startDatabase(),
  ]);
  const environment = {
    KAFKA_BROKERS: cluster.brokers.join(","),
    KAFKA_SESSION_TIMEOUT_MS: String(sessionTimeoutMs),
    DATABASE_URL: database.url,
    ...settings,
  };
  const apps = createApps({ files: bundles.files, environment, folder });
  const transactions = createOpenTransactions(cluster.client);
  const rows = createRefusedRows(database, students);
  // Invariant: `told` holds every process that was told a task, so that `stop` ends all.
  const told: Process[] = [];
  return {
    ...{ folder, bundles, cluster, database, apps, transactions, rows },
    run(name, program, task) {
      const started = startProcess({
        name,
        file: bundles.files[program],
        environment: { [taskVariable]: JSON.stringify(task) },
        logFile: join(folder, `${name}.log`),
      });
      told.push(started);
      return started;
    },
    async stop() {
      for (const one of told) one.signal("SIGKILL");
      await apps.end();
      await transactions.close();
      await cluster.stop();
      await database.stop();
      await bundles.remove();
    },
  };
}
