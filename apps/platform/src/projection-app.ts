import type { SqlStore } from "@keyline/postgres";
import { type AnyProjection, createProjector } from "@keyline/runtime";
import { z } from "zod";
import { connect, connectedSettings } from "./connection.js";
import { logHooks } from "./log-hooks.js";
import { patiently } from "./patience.js";
import type { AppDefinition } from "./run-app.js";
import { openStore } from "./store.js";

const settings = connectedSettings({
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
      const hooks = logHooks((line) => process.stderr.write(line));
      const projector = createProjector({ projection, transport, store, hooks });
      return {
        done: projector.run(),
        async close() {
          await projector.close();
          await transport.close();
          await store.close();
        },
      };
    },
  };
}
