import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@keyline/postgres-dev";
import { classroomEvents, createClassroomClock, play } from "@student-events/classroom";
import { createProducer } from "@student-events/producer";
import type { Side } from "./measure.js";
import type { Projected, ProjectorTask } from "./projector.js";
import { openSetting, type Setting } from "./setting.js";

/** (d): the progress projection, effects once, on PostgreSQL, one copy. */
export async function projecting(events: number): Promise<readonly Side[]> {
  // A cluster of its own: what was measured before lies in the same topics.
  const setting = await openSetting();
  const postgres = await startPostgres();
  try {
    await playClass(setting, events);
    return [await projectorProcess({ brokers: setting.brokers, databaseUrl: postgres.url })];
  } finally {
    await postgres.stop();
    await setting.close();
  }
}

/** Publishes the events of a class. */
export async function playClass(setting: Setting, events: number): Promise<void> {
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
}

/** In a process of its own, so that its memory is its own. */
async function projectorProcess(task: ProjectorTask): Promise<Side> {
  const program = fileURLToPath(new URL("../bin/projector.js", import.meta.url));
  const child = fork(program, [JSON.stringify(task)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const [projected] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the projector ended with ${code}`))),
  ])) as [Projected];
  return { ...projected, name: `progress on PostgreSQL, one copy, ${projected.handled} events` };
}
