import { allHooks } from "@keyline/ops";
import { createProjector, type Transport } from "@keyline/runtime";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { type ClassroomClock, classroomEvents, createClassroomClock, play } from "@student-events/classroom";
import { createEmbeddedCluster, createHoldRecorder, createHoldsTable, openStore } from "@student-events/platform";
import { createProducer } from "@student-events/producer";
import { progress } from "@student-events/progress";
import { struggle } from "@student-events/struggle";
import { bundlePage } from "@student-events/teacher/bundle";
import { startTeacherPage, type TeacherPage, type TeacherPageOptions, teacher } from "../src/index.js";

/** The teacher's app of a world: its projection and its page. */
export interface TeacherApp {
  readonly page: TeacherPage;
  close(): Promise<void>;
}

/** A class with all three apps, on a cluster and a store in this process. */
export interface World {
  readonly producer: ReturnType<typeof createProducer>;
  readonly transport: Transport;
  /** What lies on a topic, of all its partitions. */
  records(topic: string): readonly ConsumerRecord[];
  startTeacher(options?: Partial<TeacherPageOptions>): Promise<TeacherApp>;
  /** Plays a class; resolves when all of it is in the log. */
  playClass(options: { readonly students: number; readonly rate: number; readonly seconds: number }): Promise<void>;
  /** Resolves when progress and struggle have handled what lies in the log. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** A Monday. */
const firstDayMs = Date.UTC(2026, 8, 7);

/** Opens a world whose time is the classroom's. */
export async function openWorld(clock: ClassroomClock = createClassroomClock(firstDayMs)): Promise<World> {
  const cluster = createEmbeddedCluster();
  const store = await openStore();
  await createHoldsTable(store);
  const page = await bundlePage();
  const closing: (() => Promise<void>)[] = [];

  const run = async (projection: Parameters<typeof createProjector>[0]["projection"], hooks = {}) => {
    const holds = createHoldRecorder({ app: projection.name, store });
    const options = { projection, store, transport: cluster.transport(), clock: clock.now };
    const projector = createProjector({ ...options, hooks: allHooks(hooks, holds.hooks) });
    await projector.start();
    return {
      projector,
      close: async () => {
        await projector.close();
        await holds.close();
      },
    };
  };

  const apps = await Promise.all([run(progress), run(struggle)]);
  const transport = cluster.transport();
  const producer = createProducer({ transport, source: "classroom" });
  return {
    producer,
    transport,
    records: (topic) =>
      Array.from({ length: cluster.topics().get(topic) ?? 0 }, (_, partition) =>
        cluster.records(topic, partition),
      ).flat(),
    async startTeacher(options = {}) {
      const served = await startTeacherPage({
        store,
        transport: cluster.transport(),
        page,
        clock: clock.now,
        ...options,
      });
      const own = await run(teacher, served.hooks);
      let closed: Promise<void> | undefined;
      const close = () => {
        closed ??= own.close().then(() => served.close());
        return closed;
      };
      closing.push(close);
      return { page: served, close };
    },
    async playClass({ students, rate, seconds }) {
      const events = classroomEvents({ students, seed: 1, firstDayMs });
      const { failed } = await play({ producer, events, clock, rate, seconds });
      if (failed > 0) throw new Error(`${failed} events of the class were not published`);
    },
    caughtUp: async () => void (await Promise.all(apps.map(({ projector }) => projector.caughtUp()))),
    async close() {
      await producer.close();
      for (const close of [...closing, ...apps.map((app) => app.close)]) await close();
      await store.close();
    },
  };
}
