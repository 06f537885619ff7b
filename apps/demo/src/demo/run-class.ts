import { allHooks } from "@keyline/ops";
import type { Transport } from "@keyline/runtime";
import {
  type ClassroomClock,
  classroomEvents,
  createClassroomClock,
  type PlannedEvent,
  play,
  type Send,
} from "@student-events/classroom";
import { createConsumer } from "@student-events/consumer";
import { addresses, createHoldRecorder } from "@student-events/platform";
import { createProducer } from "@student-events/producer";
import { interceptFor } from "../harm/harm.js";
import { keepEarlierState } from "../harm/stale.js";
import { createLiveModel, type LiveModel } from "../live/model.js";
import type { DemoOptions } from "../options.js";
import { startPipeline } from "../pipeline/pipeline.js";
import { startTeacher } from "../teacher/teacher.js";
import { readLog } from "../verify/read-log.js";
import type { Evidence } from "../verify/verdict.js";
import { createWitness } from "../verify/witness.js";
import type { World } from "../world/world.js";
import { settle } from "./settle.js";

/** A Monday: the same class at every run. */
const fixedDayMs = Date.UTC(2026, 8, 7);

const dayMs = 86_400_000;

/**
 * The apps stamp what they publish with the classroom's time. Kafka deletes what is stamped before its retention, and
 * refuses what is stamped ahead of it: there the class begins five days ago.
 */
function firstDayOf({ embedded }: Pick<World, "embedded">): number {
  if (embedded) return fixedDayMs;
  return (Math.floor(Date.now() / dayMs) - 5) * dayMs;
}

/** A class that is faster than the apps waits for them: what is published has to be handled within the demo's time. */
const mostUnhandled = 500;

/** Events per second of a class that goes on after its summary. */
const slowRate = 5;

/** A class while it goes on. */
export interface RunningClass {
  readonly model: LiveModel;
  readonly clock: ClassroomClock;
  /** How many events both apps have handled. */
  handled(): number;
  /** When an event was sent, by `performance.now`; null for one that was not. */
  sentAt(studentId: number, timeMs: number): number | null;
  /** Where the teacher's page is. */
  readonly teacherUrl: string;
  /** Resolves when all is published, handled and read back. */
  readonly evidence: Promise<Evidence>;
  /** Plays on, slowly, for those who look at the page; resolves after the signal. Once the evidence is there. */
  goOn(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Starts the apps, then the class. */
export async function runClass(
  options: DemoOptions,
  world: World,
  limits: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<RunningClass> {
  const { connect, store, embedded } = world;
  const firstDayMs = firstDayOf(world);
  const clock = createClassroomClock(firstDayMs);
  const model = createLiveModel();
  const witnesses = { progress: createWitness(), struggle: createWitness() };
  const holds = {
    progress: createHoldRecorder({ app: "progress", store: store.store }),
    struggle: createHoldRecorder({ app: "struggle", store: store.store }),
  };
  const hooks = {
    progress: allHooks(witnesses.progress.hooks, holds.progress.hooks),
    struggle: allHooks(witnesses.struggle.hooks, holds.struggle.hooks),
  };
  const pipeline = await startPipeline({ store: store.store, connect, timers: "wall-clock", clock: clock.now, hooks });
  const viewer = createViewer(connect(), model);
  await viewer.start();
  const teacher = await startTeacher(world, { port: options.port, clock: clock.now });
  const transport = connect();
  const producer = createProducer({ transport, source: "classroom" });
  const events = classroomEvents({ students: options.students, seed: options.seed, firstDayMs });
  const sent = new Map<string, number>();
  const handled = () => Math.min(witnesses.progress.handled.length, witnesses.struggle.handled.length);

  const teach = async (): Promise<Evidence> => {
    const damage = options.inject === "stale" ? keepEarlierState(store, options.seconds * 500) : null;
    const counts = await play({
      producer,
      clock,
      events,
      rate: options.rate,
      seconds: options.seconds,
      signal: limits.signal,
      ready: () => model.sentToApps - handled() < mostUnhandled,
      send: watched(model, sent, interceptFor(options.inject, embedded)),
    });
    await settle([pipeline, viewer], { store, untilMs: clock.now(), deadlineMs: limits.deadlineMs });
    await damage?.();
    const log = await readLog(transport, addresses);
    const handledBy = { progress: witnesses.progress.handled, struggle: witnesses.struggle.handled };
    const tables = { rows: await store.progressRows(), alerts: await store.alertRows() };
    return { ...counts, log, handled: handledBy, ...tables, untilMs: clock.now() };
  };

  return {
    clock,
    model,
    handled,
    sentAt: (studentId, timeMs) => sent.get(`${studentId}/${timeMs}`) ?? null,
    teacherUrl: teacher.url,
    evidence: teach(),
    async goOn(signal) {
      await play({ producer, clock, events, rate: slowRate, seconds: Number.POSITIVE_INFINITY, signal });
    },
    async close() {
      await producer.close();
      await Promise.all([teacher.close(), pipeline.close(), viewer.close()]);
      await Promise.all([holds.progress.close(), holds.struggle.close()]);
    },
  };
}

/** Shows what is sent, and lets harm be done on the way. */
function watched(model: LiveModel, sent: Map<string, number>, intercept: ReturnType<typeof interceptFor>) {
  return async (event: PlannedEvent, send: Send) => {
    model.students.add(event.studentId);
    if (event.topic !== "learningResponse") model.sentToApps += 1;
    sent.set(`${event.studentId}/${event.timeMs}`, performance.now());
    await (intercept ? intercept(event, send) : send(event));
    model.published += 1;
  };
}

/** Reads what the apps emit, as the teacher's page would. */
function createViewer(transport: Transport, model: LiveModel) {
  return createConsumer({
    transport,
    groupId: "demo",
    on: {
      learningProgress({ student_id, payload }) {
        model.levels.set(`${student_id}/${payload.module}`, payload.mastery_level);
      },
      struggleDetected({ student_id, timestamp, payload }) {
        model.alerts.push({
          alertId: payload.alert_id,
          studentId: student_id,
          trigger: payload.trigger_type,
          severity: payload.severity,
          module: payload.module ?? null,
          atMs: Date.parse(timestamp),
          seenMs: performance.now(),
        });
      },
    },
  });
}
