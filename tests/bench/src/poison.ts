import { setTimeout as sleep } from "node:timers/promises";
import { createConsumer } from "@student-events/consumer";
import { createProducer } from "@student-events/producer";
import type { Side } from "./measure.js";
import { newGroup, type Setting, students } from "./setting.js";

/** How long an event took from the call to its handler, milliseconds. */
export interface Latency {
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What was measured of poison. */
export interface Poisoned {
  readonly without: Latency;
  readonly with: Latency;
  readonly sides: readonly Side[];
}

const perSecond = 200;
const classSize = 100;

/** (h): how long other students' events take while every event of one student of the same partition fails. */
export async function poisoned(setting: Setting, events: number): Promise<Poisoned> {
  // The first run is not counted: it makes the code and the connections warm.
  await run(setting, Math.ceil(events / 4), false);
  const without = await run(setting, events, false);
  const with_ = await run(setting, events, true);
  const side = (name: string, { medianMs, p99Ms }: Latency): Side => ({
    name: `other students' events ${name}: median ${medianMs.toFixed(1)} ms, 99th percentile ${p99Ms.toFixed(1)} ms`,
    perSecond: [],
  });
  return {
    ...{ without, with: with_ },
    sides: [side("without poison", without), side("beside a student whose events all fail", with_)],
  };
}

async function run(setting: Setting, events: number, isPoisoned: boolean): Promise<Latency> {
  // All of one partition: what shares nothing with the poison could not be delayed by it.
  const ids = students(classSize, 5);
  const [poison = 0] = ids;
  const sentMs = new Map<string, number>();
  const tookMs: number[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const wanted = Array.from({ length: events }, (_, n) => ids[n % classSize]).filter((id) => id !== poison).length;
  const consumer = createConsumer({
    ...{ transport: setting.connect(), groupId: newGroup() },
    on: {
      async learningQuery({ student_id }, { eventId }) {
        const startedMs = sentMs.get(eventId ?? "");
        if (startedMs === undefined) return;
        if (student_id !== poison) {
          tookMs.push(performance.now() - startedMs);
          if (tookMs.length === wanted) resolve();
        } else if (isPoisoned) throw new Error("poison");
      },
    },
  });
  await consumer.start();
  await consumer.caughtUp();
  const producer = createProducer({ transport: setting.connect(), source: "bench" });
  await producer.connect();
  const payload = { query: "How do I leave a loop?" } as const;
  for (let n = 0; n < events; n += 1) {
    const event_id = crypto.randomUUID();
    sentMs.set(event_id, performance.now());
    void producer.learningQuery({ event_id, student_id: ids[n % classSize] ?? poison, payload });
    await sleep(1000 / perSecond);
  }
  await all;
  await Promise.all([consumer.close(), producer.close()]);
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { medianMs: at(0.5), p99Ms: at(0.99) };
}
