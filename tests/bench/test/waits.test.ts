import { expect, test } from "vitest";
import { type Handled, waitsOf } from "../src/rebalance/waits.js";

const event = (key: string, member: string, sentMs: number, tookMs: number): Handled => ({
  ...{ key, member, sentMs },
  atMs: sentMs + tookMs,
});

test("tells how long events of keys waited whose process stayed, and of keys that moved", () => {
  const before = [event("1", "a", 9000, 4), event("2", "a", 9100, 6), event("3", "b", 9200, 5)];
  const during = [
    ...[event("1", "a", 10_000, 40), event("1", "a", 10_500, 8)],
    ...[event("2", "a", 10_000, 20), event("2", "c", 10_600, 700)],
    ...[event("3", "c", 10_100, 900), event("3", "c", 10_900, 5)],
  ];
  const later = event("1", "b", 12_000, 9999);
  const again = event("1", "c", 9000, 6000);
  expect(waitsOf([again, ...before, ...during, later], 10_000, 11_000)).toEqual({
    quietMs: 6,
    stayedMs: 40,
    movedMs: 700,
    moved: 2,
  });
});

test("has no wait for moved keys if none moved, and none for the others if all moved", () => {
  const before = event("1", "a", 9000, 4);
  expect(waitsOf([before, event("1", "a", 10_000, 5)], 10_000, 11_000)).toMatchObject({ stayedMs: 5, movedMs: null });
  expect(waitsOf([before, event("1", "b", 10_000, 5)], 10_000, 11_000)).toMatchObject({ stayedMs: null, movedMs: 5 });
});
