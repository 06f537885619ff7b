import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createSeenIds, seenIdsBytes } from "./seen-ids.js";

const at = (offset: number, partition = 3, timestampMs = 1_767_600_000_000, producer = 0) => ({
  ...{ topic: "a", partition, offset, timestampMs, producer },
});

test("an id that comes again is told with its first place", () => {
  const seen = createSeenIds(1000);
  expect(seen.add("one", at(5))).toBeNull();
  expect(seen.add("two", { ...at(7, 0), topic: "b" })).toBeNull();
  expect(seen.add("one", at(9))).toEqual({ first: at(5), second: at(9) });
  expect(seen.add("two", at(10))).toEqual({ first: { ...at(7, 0), topic: "b" }, second: at(10) });
});

test("the first is the one that was written first, in whatever order they are read", () => {
  const startMs = 2 ** 32 * 411 - 5;
  const seen = createSeenIds(1000);
  const [copy, original, oldest] = [
    at(2, 0, startMs + 900, 7),
    at(20, 11, startMs, 4095),
    at(1, 5, startMs - 60_000, 3),
  ];
  expect(seen.add("one", copy)).toBeNull();
  expect(seen.add("one", original)).toEqual({ first: original, second: copy });
  expect(seen.add("one", oldest)).toEqual({ first: oldest, second: original });
  // Of one partition by offset, whatever the clocks say.
  expect(seen.add("one", at(2, 5, startMs - 90_000))).toEqual({ first: oldest, second: at(2, 5, startMs - 90_000) });
});

test("places and producers of any number are told apart", () => {
  const seen = createSeenIds(10_000);
  const places = [0, 1, 4095, 4096, 700_000].map((partition, n) =>
    at(2 ** 40 + n, partition, 1_767_600_000_000, 4095 - n),
  );
  for (const place of places) expect(seen.add(String(place.partition), place)).toBeNull();
  for (const place of places) {
    const later = { ...place, offset: place.offset + 9 };
    expect(seen.add(String(place.partition), later)).toEqual({ first: place, second: later });
  }
});

test("among the latest of the window none is missed, and none is made up", () => {
  const window = 20_000;
  const seen = createSeenIds(window);
  const ids = Array.from({ length: 60_000 }, () => randomUUID());
  let [missed, madeUp] = [0, 0];
  ids.forEach((id, index) => {
    if (seen.add(id, at(index)) !== null) madeUp += 1;
    // Looking counts as an event, too: eight for each seven of these.
    const earlier = index % 7 === 0 ? ids[index - window * (7 / 8) + 1] : undefined;
    if (earlier !== undefined && seen.add(earlier, at(-1)) === null) missed += 1;
  });
  expect({ missed, madeUp }).toEqual({ missed: 0, madeUp: 0 });
});

test("ids that differ in one digit are different", () => {
  const seen = createSeenIds(1 << 20);
  for (let n = 0; n < 300_000; n += 1) {
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
    if (seen.add(id, at(n)) !== null) expect.unreachable(`${id} was never there before`);
  }
});

test("its memory has a bound, which for a million events is 101 MB", () => {
  expect(seenIdsBytes(1_000_000) / 1e6).toBeCloseTo(100.7, 1);
});
