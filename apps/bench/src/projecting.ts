import { postgresStore } from "@keyline/postgres";
import { startPostgres } from "@keyline/postgres-dev";
import { createProjector } from "@keyline/runtime";
import { classroomEvents, createClassroomClock, play } from "@student-events/classroom";
import { createProducer } from "@student-events/producer";
import { progress } from "@student-events/progress";
import type { Side } from "./measure.js";
import { openSetting } from "./setting.js";

/** What the projection took at most, beside its events a second. */
export interface Projecting {
  readonly sides: readonly Side[];
  /** Of this whole process, which wrote the events before: bytes. */
  readonly peakBytes: number;
}

/** (d): the progress projection, effects once, on PostgreSQL, one copy. */
export async function projecting(events: number): Promise<Projecting> {
  // A cluster of its own: what was measured before lies in the same topics.
  const setting = await openSetting();
  const postgres = await startPostgres();
  const store = postgresStore({ url: postgres.url });
  try {
    const firstDayMs = Date.UTC(2026, 0, 5);
    const producer = createProducer({ transport: setting.connect(), source: "bench", maxQueued: events });
    await play({
      producer,
      events: classroomEvents({ students: 1000, seed: 1, firstDayMs }),
      clock: createClassroomClock(firstDayMs),
      rate: 20_000,
      seconds: events / 20_000,
    });
    await producer.close();
    let handled = 0;
    let firstMs = 0;
    const projector = createProjector({
      ...{ projection: progress, transport: setting.connect(), store, timers: "events" },
      hooks: {
        handled() {
          if (handled === 0) firstMs = performance.now();
          handled += 1;
        },
      },
    });
    await projector.start();
    await projector.caughtUp();
    const perSecond = handled / ((performance.now() - firstMs) / 1000);
    await projector.close();
    const sides = [{ name: `progress on PostgreSQL, one copy, ${handled} events`, perSecond: [perSecond] }];
    return { sides, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } finally {
    await store.close();
    await postgres.stop();
    await setting.close();
  }
}
