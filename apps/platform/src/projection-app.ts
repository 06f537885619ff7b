import type { SqlStore } from "@keyline/postgres";
import { type AnyProjection, createProjector } from "@keyline/runtime";
import { z } from "zod";
import { connect, connectedSettings } from "./connection.js";
import { logHooks } from "./log-hooks.js";
import { bothHooks, createMetrics } from "./observe/metrics.js";
import { createProgress } from "./observe/progress.js";
import { startHealthServer } from "./observe/server.js";
import { patiently } from "./patience.js";
import type { AppDefinition } from "./run-app.js";
import { openStore } from "./store.js";

const settings = connectedSettings({
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
});

/** An app that runs a projection, as many copies as there are lanes. `prepare` makes its views. */
export function projectionApp(options: {
  readonly projection: AnyProjection;
  readonly about: string;
  readonly prepare: (store: SqlStore) => Promise<void>;
}): AppDefinition<typeof settings> {
  const { projection, about, prepare } = options;
  return {
    name: projection.name,
    about,
    settings,
    async start(given) {
      const store = await openStore(given.DATABASE_URL);
      await patiently(
        () => prepare(store),
        (line) => process.stderr.write(`${projection.name} ${line}`),
      );
      const transport = connect(given, projection.name);
      const say = (line: string) => process.stderr.write(line);
      const metrics = createMetrics();
      const hooks = bothHooks(logHooks(say), metrics.hooks);
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
      return {
        done,
        async close() {
          joined = false;
          await projector.close();
          await server.close();
          await transport.close();
          await store.close();
        },
      };
    },
  };
}
