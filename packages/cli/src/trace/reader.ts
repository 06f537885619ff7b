import type { Transport } from "@keyline/runtime";
import { fired, type Io } from "../io.js";
import { createProgressLine } from "../report/progress.js";
import { collect } from "./collect.js";
import type { EventContext, TraceEvent } from "./event.js";
import { positionText } from "./merge.js";
import type { NotRead, ReadPlace } from "./plan.js";
import type { TraceRequest } from "./request.js";

/** Reads a key's events, and sums up what was read. */
export interface TraceReader {
  /** The key's events on partitions. */
  records(places: readonly ReadPlace[]): Promise<readonly TraceEvent[]>;
  /** The key's parked events that were not parked at the last call. */
  parked(): Promise<readonly TraceEvent[]>;
  read(): { readonly records: number; readonly leftOut: number; readonly notRead: readonly NotRead[] };
}

/** Invariant: the sums cover every read that has ended, and `parkedBefore` is what the last read of the store returned. */
export function createTraceReader(request: TraceRequest, context: EventContext, io: Io): TraceReader {
  const { untilMs, everywhere, limit } = request;
  const options = { ...context, key: Buffer.from(request.key), untilMs, everywhere, limit, signal: io.signal };
  const notRead: NotRead[] = [];
  let parkedBefore: ReadonlySet<string> = new Set();
  let records = 0;
  let leftOut = 0;
  return {
    async records(places) {
      const collected = await collectWithProgress(places, { ...options, transport: request.transport }, io);
      records += collected.records;
      leftOut += collected.leftOut;
      notRead.push(...collected.notRead);
      return collected.events;
    },
    async parked() {
      const found = await Promise.race([request.readParked?.(request.topics, context), fired(io.signal)]);
      if (!found) return [];
      notRead.push(...found.notRead);
      const names = found.events.map((event) => `${positionText(event)} ${event.parked.map(({ app }) => app).join()}`);
      const fresh = found.events.filter((_, index) => !parkedBefore.has(names[index] ?? ""));
      parkedBefore = new Set(names);
      return fresh;
    },
    read: () => ({ records, leftOut, notRead: withoutRepetition(notRead) }),
  };
}

type CollectOptions = Parameters<typeof collect>[1] & { readonly transport: Transport };

async function collectWithProgress(places: readonly ReadPlace[], options: CollectOptions, io: Io) {
  const total = places.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  const progress = createProgressLine(io);
  const startedMs = performance.now();
  let done = 0;
  const onRead = (count: number) => {
    done += count;
    progress.update({ records: done, done, total, elapsedMs: performance.now() - startedMs });
  };
  const collected = await collect(places, { ...options, onRead });
  progress.end();
  return collected;
}

/** A follower may fail the same way at each read. */
const withoutRepetition = (notRead: readonly NotRead[]): readonly NotRead[] => [
  ...new Map(notRead.map((one) => [`${one.what} ${one.code}`, one])).values(),
];
