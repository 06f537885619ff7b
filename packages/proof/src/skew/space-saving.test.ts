import fc from "fast-check";
import { expect, test } from "vitest";
import { createSpaceSaving } from "./space-saving.js";

test("no weight is off by more than the bound, none is below the truth, and no heavy key is missing", () => {
  const stream = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 400,
  });
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 20 }), (added, counters) => {
      const saving = createSpaceSaving(counters);
      const exact = new Map<string, number>();
      for (const [number, weight] of added) {
        const key = String(number);
        saving.add(key, weight);
        exact.set(key, (exact.get(key) ?? 0) + weight);
      }
      const total = [...exact.values()].reduce((sum, weight) => sum + weight, 0);
      const found = saving.top(counters);
      const bound = saving.errorBound();
      for (const { key, weight, error } of found) {
        const truth = exact.get(key) ?? 0;
        expect(weight).toBeGreaterThanOrEqual(truth);
        expect(weight - error).toBeLessThanOrEqual(truth);
        expect(error).toBeLessThanOrEqual(bound);
      }
      const names = new Set(found.map(({ key }) => key));
      for (const [key, weight] of exact) if (weight > total / counters) expect(names).toContain(key);
    }),
  );
});

test("with a counter for each key it is exact, heaviest first", () => {
  const saving = createSpaceSaving(10);
  for (let n = 0; n < 100; n += 1) saving.add(String(n % 7), n % 7);
  expect(saving.errorBound()).toBe(0);
  expect(saving.top(2)).toEqual([
    { key: "6", weight: 84, error: 0 },
    { key: "5", weight: 70, error: 0 },
  ]);
});

test("ten thousand counters find the hot keys of a stream of half a million different ones", () => {
  const saving = createSpaceSaving(10_000);
  for (let n = 0; n < 500_000; n += 1) {
    saving.add(`cold-${n}`);
    if (n % 50 === 0) saving.add(`hot-${n % 250}`);
  }
  const names = saving.top(5).map(({ key }) => key);
  expect(names.toSorted()).toEqual(["hot-0", "hot-100", "hot-150", "hot-200", "hot-50"]);
  expect(saving.errorBound()).toBe(51);
});
