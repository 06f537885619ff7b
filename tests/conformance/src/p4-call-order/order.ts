import { expect } from "vitest";
import type { AppendTrace, TestProcess } from "../kit/process.js";
import { headerOf, keyOf, payloadOf } from "../kit/world.js";

interface Written {
  readonly n: number;
  readonly place: string;
  readonly topic: string;
  readonly offset: number;
  readonly append: AppendTrace;
  readonly after: string | undefined;
}

/** The acknowledged events of a key as this process wrote them, in the order in which their appends began. */
export function writtenOf(process: TestProcess, key: number): Written[] {
  return process.appends.flatMap((append) =>
    append.offset === null
      ? []
      : append.records.flatMap((record, index) =>
          keyOf(record) === String(key)
            ? {
                n: payloadOf(record).n,
                place: `${append.topic}/${append.partition}`,
                topic: append.topic,
                offset: (append.offset ?? 0) + index,
                append,
                after: headerOf(record, "keyline-after"),
              }
            : [],
        ),
  );
}

/**
 * The log, joined by acknowledgement, has the key's events in the order of their `n`: on one partition by offset;
 * over partitions each was sent only after the one before it was acknowledged, and names it as its cause.
 */
export function expectCallOrder(process: TestProcess, key: number, expected: readonly number[]): void {
  const written = writtenOf(process, key);
  expect(written.map(({ n }) => n)).toEqual(expected);
  written.forEach((event, index) => {
    const before = written[index - 1];
    if (!before) return;
    if (before.place === event.place) expect(event.offset).toBeGreaterThan(before.offset);
    else {
      expect(before.append.endedAt, `${before.n} acknowledged before ${event.n} left`).toBeLessThan(
        event.append.startedAt,
      );
      expect(event.after?.split(", "), `${event.n} names ${before.n}`).toContain(`${before.place}@${before.offset}`);
    }
  });
}
