import { setTimeout as sleep } from "node:timers/promises";
import type { createProducer } from "@student-events/producer";
import type { ClassroomClock } from "./clock.js";
import type { PlannedEvent } from "./planned.js";

type Producer = ReturnType<typeof createProducer>;

/** How a class is played. */
export interface PlayOptions {
  readonly producer: Producer;
  /** In the order of the classroom's time. */
  readonly events: Iterator<PlannedEvent, void>;
  readonly clock: ClassroomClock;
  /** Events per second, on average; fewer where the machine, or who is to be `ready`, does not keep up. */
  readonly rate: number;
  /** How long, in our time; a quarter longer where the rate is not kept. `Infinity` plays until the signal. */
  readonly seconds: number;
  /** Whether more may be sent now. Default: always. Without it a class that is too fast piles up before the apps. */
  readonly ready?: () => boolean;
  readonly signal?: AbortSignal;
  /** Sends in another way than the producer, e.g. to do harm. */
  readonly send?: (event: PlannedEvent, send: Send) => Promise<void>;
  /** An event was rejected. */
  readonly failed?: (event: PlannedEvent, error: unknown) => void;
}

/** Publishes one event. */
export type Send = (event: PlannedEvent) => Promise<void>;

/** Names the place of an event among its student's, so that a reader of the log can tell their order. */
export const numberHeader = "classroom-number";

const tickMs = 20;

/** Publishes events at a rate without awaiting each. Resolves with what was published when all is settled. */
export async function play(options: PlayOptions): Promise<{ readonly published: number; readonly failed: number }> {
  const { events, rate, seconds, ready = () => true } = options;
  const startMs = performance.now();
  const elapsedSeconds = () => (performance.now() - startMs) / 1000;
  const counts = { published: 0, failed: 0 };
  const underWay = new Set<Promise<void>>();
  const most = Math.floor(rate * seconds);
  let begun = 0;
  const isOver = () => begun >= most || options.signal?.aborted === true || elapsedSeconds() > seconds * 1.25 + 1;
  while (!isOver()) {
    const due = Math.min(most, Math.ceil(elapsedSeconds() * rate));
    for (; begun < due && ready(); begun += 1) {
      const event = events.next().value;
      if (!event) return settledCounts(underWay, counts);
      const settled = publish(options, event, counts).finally(() => underWay.delete(settled));
      underWay.add(settled);
    }
    await sleep(tickMs);
  }
  return settledCounts(underWay, counts);
}

async function settledCounts<Counts>(underWay: ReadonlySet<Promise<void>>, counts: Counts): Promise<Counts> {
  await Promise.all(underWay);
  return counts;
}

async function publish(options: PlayOptions, event: PlannedEvent, counts: { published: number; failed: number }) {
  const settled = options.clock.sending(event);
  const send: Send = async (planned) => {
    await sendWith(options.producer, planned);
    counts.published += 1;
  };
  try {
    await (options.send ? options.send(event, send) : send(event));
  } catch (error) {
    counts.failed += 1;
    options.failed?.(event, error);
  } finally {
    settled();
  }
}

/** Publishes a planned event through the generated producer, with its number as a header. */
async function sendWith(producer: Producer, planned: PlannedEvent): Promise<void> {
  const { topic, payload, studentId, timeMs, correlationId, number } = planned;
  const event = {
    student_id: studentId,
    correlation_id: correlationId,
    timestamp: new Date(timeMs).toISOString(),
    payload,
  };
  // TypeScript does not see that the sender and the payload are of one topic; the type of planned events does.
  const send = producer[topic] as (input: typeof event, options: object) => Promise<unknown>;
  await send(event, { headers: { [numberHeader]: String(number) } });
}
