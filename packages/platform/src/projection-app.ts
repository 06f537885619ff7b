import { allHooks, health, logHooks, prometheusHooks, serveHealth } from "@keyline/ops";
import type { SqlStore } from "@keyline/postgres";
import { type AnyProjection, createProjector } from "@keyline/runtime";
import { Registry } from "prom-client";
import { z } from "zod";
import { connect, connectedSettings } from "./connection.js";
import { type Extension, type ExtensionDefinition, type ExtensionParts, noExtension } from "./extension.js";
import { createHoldRecorder, createHoldsTable } from "./holds.js";
import type { AppDefinition, RunningApp } from "./run-app.js";
import { openStore } from "./store.js";
import { waitForServer } from "./wait-for-server.js";
import { type Opened, withResources } from "./with-resources.js";

const shape = {
  HOST: z
    .string()
    .default("127.0.0.1")
    .describe("where /livez, /readyz and /metrics are served (default 127.0.0.1: this machine alone)"),
  HOST_NAMES: z
    .string()
    .default("")
    .describe("names by which those are asked, beside addresses and localhost, separated by commas, e.g. progress"),
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
  KAFKA_INSTANCE_ID: z
    .string()
    .optional()
    .describe("names this copy, the same at each start: a quick restart then moves no lane (default: none)"),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe("PostgreSQL, e.g. postgres://user@host/database; without it one in this process, gone when it ends"),
};

interface ProjectionAppOptions {
  readonly projection: AnyProjection;
  readonly about: string;
  /** Makes its views. */
  readonly prepare: (store: SqlStore) => Promise<void>;
}

/** An app that runs a projection, as many copies as there are lanes. */
export function projectionApp(options: ProjectionAppOptions) {
  return appWithServer({ ...options, extension: noExtension });
}

/** An app that runs a projection and serves something beside it, as many copies as there are lanes. */
export function appWithServer<Shape extends z.ZodRawShape>(
  options: ProjectionAppOptions & { readonly extension: ExtensionDefinition<Shape> },
): AppDefinition<z.ZodObject> {
  const { projection, about, extension } = options;
  const extensionSettings = z.object(extension.shape);
  const settings = connectedSettings({ ...shape, ...extension.shape }).superRefine((given, context) => {
    const read = extensionSettings.safeParse(given);
    const fault = read.success ? extension.fault(read.data) : null;
    if (fault !== null) context.addIssue({ code: "custom", path: [projection.name], message: fault });
  });
  return {
    name: projection.name,
    about,
    settings,
    start: (all, stopping) =>
      withResources(async (opened) => {
        const say = (line: string) => process.stderr.write(line);
        const waiting = <Result>(run: () => Promise<Result>) =>
          waitForServer(run, (line) => say(`${projection.name} ${line}`), stopping);
        const store = opened(await waiting(() => openStore(ownSettings.parse(all).DATABASE_URL)));
        await waiting(async () => {
          await createHoldsTable(store);
          await options.prepare(store);
        });
        const transport = opened(connect(all, projection.name, say));
        const parts = { store, transport, say };
        const served = opened(await waiting(() => extension.start(extensionSettings.parse(all), parts)));
        return runProjection(projection, ownSettings.parse(all), { ...parts, served }, opened);
      }),
  };
}

const ownSettings = z.object(shape);

const namesIn = (list: string) => list.split(",").flatMap((name) => name.trim() || []);

interface Parts extends ExtensionParts {
  readonly served: Extension;
}

/** Runs the projection, with metrics and health pages of this process. */
async function runProjection(
  projection: AnyProjection,
  given: z.infer<typeof ownSettings>,
  { store, transport, say, served }: Parts,
  opened: Opened,
): Promise<Omit<RunningApp, "close">> {
  const registry = new Registry();
  const holds = opened(createHoldRecorder({ app: projection.name, store }));
  const hooks = allHooks(logHooks(lineLogger(say)), prometheusHooks(registry), holds.hooks, served.hooks);
  const projector = createProjector({ projection, transport, store, hooks, ...instance(given.KAFKA_INSTANCE_ID) });
  const pages = health({
    ...{ consumers: [projector], transport, registry, stalledAfterMs: given.STALLED_SECONDS * 1000 },
    ready: () => Promise.all([store.sql("select 1"), served.ready()]),
  });
  const server = opened(
    await serveHealth(pages, { host: given.HOST, port: given.PORT, names: namesIn(given.HOST_NAMES) }),
  );
  // Closed first: what is under way is finished, and nothing new is begun, while the pages say so.
  opened(projector);
  say(`${projection.name}: health and metrics at ${server.url}: /livez, /readyz, /metrics\n`);
  return { run: () => projector.run(), atWork: () => projector.start() };
}

const instance = (instanceId: string | undefined) => (instanceId === undefined ? {} : { instanceId });

/** Lines with the time. */
function lineLogger(say: (line: string) => void) {
  const write = (message: string) => say(`${new Date().toISOString()} ${message}\n`);
  return { debug: write, info: write, warn: write, error: write };
}
