import { createProjector } from "@keyline/runtime";
import { startTeacherPage, teacher } from "@student-events/teacher";
import { bundlePage } from "@student-events/teacher/bundle";
import type { World } from "../world/world.js";

/** The teacher's page, over what the other apps make of the class. */
export interface RunningTeacher {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the teacher's app; its page can be reached from this machine alone. */
export async function startTeacher(
  { connect, store: { store } }: Pick<World, "connect" | "store">,
  { port, clock }: { readonly port: number; readonly clock: () => number },
): Promise<RunningTeacher> {
  const transport = connect();
  const served = await startTeacherPage({ store, transport, page: await bundlePage(), port, clock });
  const projector = createProjector({ projection: teacher, transport: connect(), store, clock, hooks: served.hooks });
  await projector.start();
  return {
    url: served.url,
    async close() {
      await served.close();
      await projector.close();
    },
  };
}
