import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createSeenIds, seenIdsBytes } from "./seen-ids.js";

const at = (offset: number) => ({ topic: "a", partition: 3, offset });

test("an id that comes again is told with its first place", () => {
  const seen = createSeenIds(1000);
  expect(seen.add("one", at(5))).toBeNull();
  expect(seen.add("two", { topic: "b", partition: 0, offset: 7 })).toBeNull();
  expect(seen.add("one", at(9))).toEqual(at(5));
  expect(seen.add("two", at(10))).toEqual({ topic: "b", partition: 0, offset: 7 });
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

test("its memory has a bound, which for a million events is 84 MB", () => {
  expect(seenIdsBytes(1_000_000) / 1e6).toBeCloseTo(83.9, 1);
});
