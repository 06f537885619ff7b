import { expect, it } from "vitest";
import { createRandom } from "../random.js";
import { fingerprintOf } from "./fingerprint.js";
import { createFinishedRecords } from "./finished-records.js";

const recordAt = (offset: number) => ({
  ...{ topic: "t", partition: 0, offset, timestampMs: offset, headers: [] },
  ...{ key: Buffer.from("key"), value: Buffer.from(String(offset)) },
});

it("while an event backs off for long, what is finished behind it takes no more than those that wait", () => {
  const waiting = [0, 3000, 6000];
  const unfinished = new Set(waiting);
  const finished = createFinishedRecords();
  let most = 0;
  for (let offset = 1; offset < 12_000; offset += 1) {
    if (!unfinished.has(offset)) finished.add(recordAt(offset), unfinished);
    most = Math.max(most, finished.size());
  }
  expect(most).toBeLessThan(1100);
  for (const next of [...waiting.slice(1), 12_000])
    expect(finished.lastBelow(next)).toEqual({ offset: next - 1, fingerprint: fingerprintOf(recordAt(next - 1)) });
});

it.each([1, 2, 3])("a position names the record before it, in whatever order others finish (seed %i)", (seed) => {
  const { next: random } = createRandom(seed);
  const all = Array.from({ length: 6000 }, (_, offset) => offset).filter(() => random() < 0.9);
  const unfinished = new Set(all);
  const finished = createFinishedRecords();
  const done: number[] = [];
  for (const offset of all.toSorted((a, b) => a - b + 400 * (random() - 0.5))) {
    // Of what is left, some wait for long.
    if (random() < 0.05) continue;
    finished.add(recordAt(offset), unfinished);
    unfinished.delete(offset);
    done.push(offset);
  }
  done.sort((a, b) => a - b);
  for (const next of [...unfinished, 6000])
    expect(finished.lastBelow(next)?.offset).toBe(done.findLast((offset) => offset < next));
});

it("what is below a position is forgotten", () => {
  const finished = createFinishedRecords();
  for (const offset of [3, 5, 4]) finished.add(recordAt(offset), new Set([2, 9]));
  finished.forget(5);
  expect([finished.size(), finished.lastBelow(5), finished.lastBelow(9)?.offset]).toEqual([1, null, 5]);
});
