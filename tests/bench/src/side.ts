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
  /** Names the groups and schemas of this run. */
  readonly run: string;
  /** How many events (a) sends; the others read what is there. */
  readonly events: number;
}

/** What this process spent: on all of its threads, in user and kernel. */
export interface Spent {
  readonly microsecondsPerEvent: number;
}

/** Works through all events of a part once, under a name of its own. Resolves to their number. */
type Pass = (name: string) => Promise<number>;

const passes: {
  readonly [Part in SideTask["part"]]: (version: Version, transport: Transport, task: SideTask) => Pass;
} = {
  a(version, transport, { events }) {
    const sender = version.createSender({ transport, source: "bench", maxQueued: events });
    return async () => {
      const sent: Promise<unknown>[] = [];
      for (let n = 0; n < events; n += 1) {
        sent.push(sender.learningQuery({ student_id: 1 + (n % 1000), payload: { query } }));
        if (n % atOnce === atOnce - 1) await nextTurn();
      }
      await Promise.all(sent);
      return events;
    };
  },
  b: (version, transport) => (name) =>
    readAll((tick) =>
      version.createConsumer({ transport, groupId: name, bufferRecords: 5000, on: { codeExecuted: tick } }),
    ),
  d: (version, transport, task) => async (name) => {
    const store = version.postgresStore({ url: task.databaseUrl ?? "", schema: name });
    // Bound again, by the version's own code.
    const definition = { name: progress.name, initial: progress.initial, on: progress.on } as never;
    const options = { definition, transport, store, groupId: name, timers: "events" } as const;
    return readAll((tick) => version.createRunner({ ...options, hooks: { handled: tick } }));
  },
};

/** Reads to the end of the logs. What it opened ends with the process: closing is not measured. */
async function readAll(create: (tick: () => void) => Runner): Promise<number> {
  let handled = 0;
  const runner = create(() => {
    handled += 1;
  });
  await runner.start();
  await runner.caughtUp();
  return handled;
}

/** One run of one side, in a process of its own; tells the process that asked. */
export async function main([text = "{}"]: readonly string[]): Promise<number> {
  const task = JSON.parse(text) as SideTask;
  const version = await installedIn(task.version, task.folder);
  const transport = version.kafkaTransport({ brokers: task.brokers, sessionTimeoutMs: 30_000 });
  const pass = passes[task.part](version, transport, task);
  // Not counted: the code becomes warm.
  await pass(`${task.run}_warm`);
  const before = process.cpuUsage();
  const events = await pass(`${task.run}_counted`);
  const { user, system } = process.cpuUsage(before);
  if (events === 0) throw new Error(`(${task.part}) did nothing`);
  const spent: Spent = { microsecondsPerEvent: (user + system) / events };
  process.send?.(spent);
  return 0;
}
