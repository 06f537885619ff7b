import { createProjector, type Hooks, type Store, type Transport } from "@keyline/runtime";
import { progress } from "@student-events/progress";
import { struggle } from "@student-events/struggle";

/** How both apps are run in this process. */
export interface PipelineOptions {
  readonly store: Store;
  /** A connection of its own for each app, as if each were a process. */
  readonly connect: () => Transport;
  readonly timers: "wall-clock" | "events";
  readonly clock?: () => number;
  /** Events that one transaction applies at most. The default is the runtime's. */
  readonly maxBatchEvents?: number;
  readonly hooks?: { readonly progress: Hooks; readonly struggle: Hooks };
}

/** Both apps at work. */
export interface Pipeline {
  /** Resolves when both have handled everything that lies in the log at the call. */
  caughtUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}

/** Starts the progress and the struggle app. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { connect, hooks, ...shared } = options;
  const apps = [
    createProjector({
      ...shared,
      projection: progress,
      transport: connect(),
      ...(hooks ? { hooks: hooks.progress } : {}),
    }),
    createProjector({
      ...shared,
      projection: struggle,
      transport: connect(),
      ...(hooks ? { hooks: hooks.struggle } : {}),
    }),
  ];
  await Promise.all(apps.map((app) => app.start()));
  return {
    caughtUp: async (options) => void (await Promise.all(apps.map((app) => app.caughtUp(options)))),
    close: async () => void (await Promise.all(apps.map((app) => app.close()))),
  };
}
