import { expect, test } from "vitest";
import { isAwaited, noteRefused, type RefusedEvents, takeRefused } from "./refused-events.js";

const at = (offset: number, topic = "paid") => ({ topic, partition: 2, offset });
const again = (offset: number, topic = "paid", isById = false) => ({
  ...{ group: "g", source: at(offset, topic), letter: at(0, `${topic}.dlq`), isById },
});

test("a redelivery is applied if its event is noted, which takes the note out", () => {
  const known: RefusedEvents = {};
  noteRefused(known, at(4), null);
  expect(takeRefused(known, again(5), null)).toBe("not_refused");
  expect(takeRefused(known, again(4, "sent"), null)).toBe("not_refused");
  expect(isAwaited(known, again(4))).toBe(true);
  expect(takeRefused(known, again(4), null)).toBeNull();
  expect(known).toEqual({});
  expect(takeRefused(known, again(4), null)).toBe("not_refused");
});

test("what is known already stays so; the note decides where only the id is another event's", () => {
  const known: RefusedEvents = {};
  noteRefused(known, at(4), null);
  expect(takeRefused(known, again(4), "applied_offset")).toBe("applied_offset");
  expect(isAwaited(known, again(4))).toBe(true);
  expect(takeRefused(known, again(4), "duplicate_id")).toBe("duplicate_id");
  expect(isAwaited(known, again(4))).toBe(false);
  noteRefused(known, at(4), null);
  expect(takeRefused(known, again(4), "id_reused")).toBeNull();
  expect(takeRefused(known, null, "id_reused")).toBe("id_reused");
});

test("one that is known by its id alone needs no note", () => {
  const known: RefusedEvents = {};
  expect(isAwaited(known, again(4, "paid", true))).toBe(true);
  expect(takeRefused(known, again(4, "paid", true), null)).toBeNull();
  expect(takeRefused(known, again(4, "paid", true), "duplicate_id")).toBe("duplicate_id");
});

test("a redelivery that is refused takes the place of the event: the older letter is not applied any more", () => {
  const known: RefusedEvents = {};
  noteRefused(known, at(4), null);
  noteRefused(known, at(9), again(4));
  expect(known).toEqual({ refused: { "paid/2": [9] } });
});

test("of 1,000 notes the oldest is forgotten, of the topic that has most", () => {
  const known: RefusedEvents = {};
  noteRefused(known, at(1, "sent"), null);
  const forgotten = Array.from({ length: 1001 }, (_, offset) => noteRefused(known, at(offset), null)).flat();
  expect(forgotten).toEqual([at(0), at(1)]);
  expect(isAwaited(known, again(1, "sent"))).toBe(true);
  expect(isAwaited(known, again(2))).toBe(true);
  expect(isAwaited(known, again(1))).toBe(false);
});
