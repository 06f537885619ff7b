import type { SqlStore } from "@keyline/postgres";
import { type AnyProjection, createProjector, type Hooks, type Transport } from "@keyline/runtime";
import { z } from "zod";
import { connect, connectedSettings } from "./connection.js";
import { logHooks } from "./log-hooks.js";
import { createHoldRecorder, createHoldsTable } from "./observe/holds.js";
import { bothHooks, createMetrics } from "./observe/metrics.js";
import { createProgress } from "./observe/progress.js";
import { startHealthServer } from "./observe/server.js";
import { patiently } from "./patience.js";
import type { AppDefinition, RunningApp } from "./run-app.js";
import { openStore } from "./store.js";

const shape = {
  HOST: z
    .string()
    .default("127.0.0.1")
    .describe("where /livez, /readyz and /metrics are served (default 127.0.0.1: this machine alone)"),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(0)
    .describe("their port (default 0: a free one, see the log)"),
  STALLED_SECONDS: z.coerce
    .number()
    .positive()
    .default(60)
    .describe("how long a lane may finish nothing before /livez says so (default 60)"),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe("PostgreSQL, e.g. postgres://user@host/database; without it one in this process, gone when it ends"),
};

/** What an app has that serves something beside its projection. */
export interface BesideParts {
  readonly store: SqlStore;
  readonly transport: Transport;
  /** Writes to the log. */
  readonly say: (line: string) => void;
}

/** What an app serves beside its projection. */
export interface Beside {
  /** Called for what the projection does in this process. */
  readonly hooks: Hooks;
  /** Rejects with why it cannot be served now. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** How an app serves something beside its projection: with settings of its own. */
export interface BesideDefinition<Shape extends z.ZodRawShape> {
  readonly shape: Shape;
  /** What is wrong with settings that are each right; null for nothing. */
  fault(given: z.infer<z.ZodObject<Shape>>): string | null;
  start(given: z.infer<z.ZodObject<Shape>>, parts: BesideParts): Promise<Beside>;
}

const nothingBeside: BesideDefinition<Record<never, never>> = {
  shape: {},
  fault: () => null,
  start: async () => ({ hooks: {}, ready: async () => undefined, close: async () => undefined }),
};

/** An app that runs a projection, as many copies as there are lanes. `prepare` makes its views. */
export function projectionApp(options: {
  readonly projection: AnyProjection;
  readonly about: string;
  readonly prepare: (store: SqlStore) => Promise<void>;
}) {
  return servingApp({ ...options, beside: nothingBeside });
}

/** An app that runs a projection and serves something beside it, as many copies as there are lanes. */
export function servingApp<Shape extends z.ZodRawShape>(options: {
  readonly projection: AnyProjection;
  readonly about: string;
  readonly prepare: (store: SqlStore) => Promise<void>;
  readonly beside: BesideDefinition<Shape>;
}): AppDefinition<z.ZodObject> {
  const { projection, about, prepare, beside } = options;
  const own = z.object(shape);
  const besides = z.object(beside.shape);
  const settings = connectedSettings({ ...shape, ...beside.shape }).superRefine((given, context) => {
    const read = besides.safeParse(given);
    const fault = read.success ? beside.fault(read.data) : null;
    if (fault !== null) context.addIssue({ code: "custom", path: [projection.name], message: fault });
  });
  return {
    name: projection.name,
    about,
    settings,
    start: (all, stopping) =>
      closingWhatWasOpened(async (opened) => {
        const given = own.parse(all);
        const say = (line: string) => process.stderr.write(line);
        const waiting = <Result>(run: () => Promise<Result>) =>
          patiently(run, (line) => say(`${projection.name} ${line}`), stopping);
        const store = opened(await waiting(() => openStore(given.DATABASE_URL)));
        const prepared = async () => {
          await createHoldsTable(store);
          await prepare(store);
        };
        await waiting(prepared);
        const transport = opened(connect(all, projection.name));
        const metrics = createMetrics();
        const holds = opened(createHoldRecorder({ app: projection.name, store }));
        const served = opened(await waiting(() => beside.start(besides.parse(all), { store, transport, say })));
        const hooks = [metrics.hooks, holds.hooks, served.hooks].reduce(bothHooks, logHooks(say));
        const projector = createProjector({ projection, transport, store, hooks });
        const { look } = createProgress({
          lanes: () => projector.lanes(),
          logRanges: (partitions) => transport.logRanges(partitions),
          nowMs: () => performance.now(),
        });
        let joined = false;
        const server = await startHealthServer({
          host: given.HOST,
          port: given.PORT,
          metrics,
          look,
          stalledAfterMs: given.STALLED_SECONDS * 1000,
          async ready() {
            if (!joined) throw new Error("not in its group");
            await store.sql("select 1");
            await served.ready();
          },
        });
        opened(server);
        opened({
          async close() {
            // What is under way is finished, and nothing new is begun.
            joined = false;
            await projector.close();
          },
        });
        say(`${projection.name} tells how it is on ${server.url}: /livez, /readyz, /metrics\n`);
        const done = projector.run();
        projector.start().then(
          () => {
            joined = true;
          },
          () => undefined,
        );
        return { done };
      }),
  };
}

interface Closable {
  close(): Promise<void>;
}

/** Starts an app out of parts. They are closed when it is, the last that was opened first; at once where it cannot start. */
async function closingWhatWasOpened(
  start: (opened: <Part extends Closable>(part: Part) => Part) => Promise<Pick<RunningApp, "done">>,
): Promise<RunningApp> {
  const parts: Closable[] = [];
  const close = async () => {
    for (const part of parts.toReversed()) await part.close();
  };
  const opened = <Part extends Closable>(part: Part): Part => {
    parts.push(part);
    return part;
  };
  try {
    return { ...(await start(opened)), close };
  } catch (caught) {
    await close();
    throw caught;
  }
}
