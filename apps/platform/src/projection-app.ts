import type { SqlStore } from "@keyline/postgres";
import { type AnyProjection, createProjector } from "@keyline/runtime";
import { z } from "zod";
import { createEmbeddedCluster } from "./cluster.js";
import type { AppDefinition } from "./run-app.js";
import { openStore } from "./store.js";

const settings = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe("PostgreSQL, e.g. postgres://user@host/database; without it one in this process, gone when it ends"),
});

/** An app that runs a projection on an embedded cluster. `prepare` makes its views. */
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
    async start({ DATABASE_URL }) {
      const store = await openStore(DATABASE_URL);
      await prepare(store);
      const transport = createEmbeddedCluster().transport();
      const projector = createProjector({ projection, transport, store });
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
