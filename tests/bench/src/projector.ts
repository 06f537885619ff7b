import { createKafkajsTransport } from "@keyline/kafkajs";
import { createPostgresStore } from "@keyline/postgres";
import { createProjector } from "@keyline/runtime";
import { progress } from "@student-events/progress";

export interface ProjectorTask {
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
}

export interface Projected {
  readonly handled: number;
  readonly perSecond: readonly number[];
  readonly peakBytes: number;
}

/** Projects all that lies there, then tells the process that asked. */
export async function main([text = "{}"]: readonly string[]): Promise<number> {
  const task = JSON.parse(text) as ProjectorTask;
  const transport = createKafkajsTransport({ brokers: task.brokers });
  const store = createPostgresStore({ url: task.databaseUrl });
  let handled = 0;
  let firstMs = 0;
  const projector = createProjector({
    ...{ projection: progress, transport, store, timers: "events" },
    hooks: {
      handled() {
        if (handled === 0) firstMs = performance.now();
        handled += 1;
      },
    },
  });
  await projector.start();
  await projector.caughtUp();
  const perSecond = [handled / ((performance.now() - firstMs) / 1000)];
  await projector.close();
  await store.close();
  await transport.close();
  const projected: Projected = { handled, perSecond, peakBytes: process.resourceUsage().maxRSS * 1024 };
  process.send?.(projected);
  return 0;
}
