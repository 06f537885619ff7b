import { setImmediate as nextTurn } from "node:timers/promises";
import { installedIn, type Runner, type Transport, type Version } from "@keyline/upgrade";
import { progress } from "@student-events/progress";
import { atOnce, query } from "./producing.js";

/** What one run of one side measures. */
export interface SideTask {
  readonly version: Version["name"];
  /** Where the version's packages are installed. */
  readonly folder: string;
  readonly part: "a" | "b" | "d";
  readonly brokers: readonly string[];
  /** For (d). */
  readonly databaseUrl: string | null;
  /** A group and a schema of its own. */
  readonly run: string;
  /** Events before the measured ones, while the code becomes warm. */
  readonly warmUp: number;
  readonly measured: number;
}

/** What this process spent on the measured events: on all of its threads, in user and kernel. */
export interface Spent {
  readonly microsecondsPerEvent: number;
}

/**
 * Counts events, and the processor time between the last of the warm-up and the last of the measured.
 * Invariant: `before` is the processor time at the moment when `seen` became `warmUp`. `spent` is settled once, by the
 * event that makes `seen` the sum of both counts: neither the start nor what comes later is in the figure.
 */
function meter({ warmUp, measured }: SideTask) {
  // Invariant: `before` is what the process had spent when `warmUp` events were done; it is set before the measured ones.
  const { promise, resolve } = Promise.withResolvers<Spent>();
  let seen = 0;
  let before: NodeJS.CpuUsage | undefined;
  const tick = () => {
    seen += 1;
    if (seen === warmUp) before = process.cpuUsage();
    if (seen !== warmUp + measured) return;
    const { user, system } = process.cpuUsage(before);
    resolve({ microsecondsPerEvent: (user + system) / measured });
  };
  return { tick, spent: promise };
}

const parts: {
  readonly [Part in SideTask["part"]]: (version: Version, transport: Transport, task: SideTask) => Promise<Spent>;
} = {
  async a(version, transport, task) {
    const { tick, spent } = meter(task);
    const events = task.warmUp + task.measured;
    const sender = version.createSender({ transport, source: "bench", maxQueued: events });
    const sent: Promise<unknown>[] = [];
    for (let n = 0; n < events; n += 1) {
      sent.push(sender.learningQuery({ student_id: 1 + (n % 1000), payload: { query } }).then(tick));
      if (n % atOnce === atOnce - 1) await nextTurn();
      // So that the measured events begin when those before them are done.
      if (n === task.warmUp - 1) await Promise.all(sent);
    }
    await Promise.all(sent);
    await sender.close();
    return spent;
  },
  async b(version, transport, task) {
    const { tick, spent } = meter(task);
    const options = { transport, groupId: task.run, bufferRecords: 5000 };
    return whileRunning(version.createConsumer({ ...options, on: { codeExecuted: tick } }), spent);
  },
  async d(version, transport, task) {
    const { tick, spent } = meter(task);
    const store = version.postgresStore({ url: task.databaseUrl ?? "", schema: task.run });
    // Bound again, by the version's own code.
    const { name, initial, on } = progress;
    const definition = { name, initial, on } as never;
    const options = { definition, transport, store, groupId: task.run, timers: "events" } as const;
    const found = await whileRunning(version.createRunner({ ...options, hooks: { handled: tick } }), spent);
    await store.close();
    return found;
  },
};

async function whileRunning(runner: Runner, spent: Promise<Spent>): Promise<Spent> {
  await runner.start();
  const found = await spent;
  await runner.close();
  return found;
}

/** One run of one side, in a process of its own; tells the process that asked. */
export async function main([text = "{}"]: readonly string[]): Promise<number> {
  const task = JSON.parse(text) as SideTask;
  const version = await installedIn(task.version, task.folder);
  const transport = version.kafkaTransport({ brokers: task.brokers, sessionTimeoutMs: 30_000 });
  const spent = await parts[task.part](version, transport, task);
  await transport.close();
  process.send?.(spent);
  return 0;
}
