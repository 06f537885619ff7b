import fc from "fast-check";
import { expect, test } from "vitest";
import { storySeed } from "../../test/story.js";
import type { AppliedEvent } from "./applied-event.js";
import { ignoreReason, loadKnownEvents, nothingKnown, remember, type StoredKnownEvents } from "./known-events.js";

const window = 5;

interface Given {
  /** Which copy of the group applies it: one of format 1, or of this. */
  readonly copy: "before" | "now";
  readonly topic: string;
  readonly id: string;
  readonly number: number | null;
}

/** What a copy of the version before makes of an event: as its code had it. */
function applyBefore(known: StoredKnownEvents, { id, number }: Given): boolean {
  const { recent, sequences } = known;
  if ((number !== null && (sequences.tally ?? 0) >= number) || recent.includes(id)) return false;
  recent.push(id);
  recent.splice(0, Math.max(0, recent.length - window));
  if (number !== null) sequences.tally = number;
  return true;
}

/** What a copy of now makes of it. */
function applyNow(stored: StoredKnownEvents, given: Given, offset: number): [boolean, StoredKnownEvents] {
  const known = loadKnownEvents(stored);
  const event = eventOf(given, offset);
  const isNew = ignoreReason(known, event, `${event.topic}/3`) === null;
  if (isNew) remember(known, event, window);
  return [isNew, known];
}

const eventOf = ({ topic, id, number }: Given, offset: number): AppliedEvent => ({
  ...{ topic, partition: 3, offset, name: topic, message: "", payload: null, id, timeMs: 0 },
  ...{ correlationId: null, trace: null, causes: [] },
  sequence: number === null ? null : { projection: "tally", number },
});

/** Naive: the ids in the window, each of its topic, or of any where the version before applied it; numbers likewise. */
function createModel() {
  const recent: { readonly id: string; readonly topic: string | null }[] = [];
  const numbers: { readonly number: number; readonly topic: string | null }[] = [];
  return ({ copy, topic, id, number }: Given): boolean => {
    const isOf = (noted: string | null) => copy === "before" || noted === null || noted === topic;
    if (number !== null && numbers.some((one) => one.number >= number && isOf(one.topic))) return false;
    if (recent.some((one) => one.id === id && isOf(one.topic))) return false;
    const noted = copy === "before" ? null : topic;
    recent.push({ id, topic: noted });
    recent.splice(0, Math.max(0, recent.length - window));
    if (number !== null) numbers.push({ number, topic: noted });
    return true;
  };
}

const given: fc.Arbitrary<Given> = fc.record({
  copy: fc.constantFrom("before" as const, "now" as const),
  topic: fc.constantFrom("quiz", "code", "help"),
  id: fc.constantFrom(..."abcdefgh"),
  // Most have none: a number that is high hides all that come after it.
  number: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) },
  ),
});

test("copies of format 1 and of this one know each other's events again, whichever has written the row last", () => {
  const property = fc.property(fc.array(given, { maxLength: 30 }), (events) => {
    const model = createModel();
    let row: StoredKnownEvents = { applied: {}, recent: [], sequences: {} };
    for (const [offset, event] of events.entries()) {
      // As the store brings it back.
      row = JSON.parse(JSON.stringify(row)) as StoredKnownEvents;
      const expected = model(event);
      let isNew: boolean;
      if (event.copy === "before") isNew = applyBefore(row, event);
      else [isNew, row] = applyNow(row, event, offset);
      expect({ ...event, isNew }).toEqual({ ...event, isNew: expected });
    }
  });
  fc.assert(property, { seed: storySeed(), numRuns: 2000 });
});

test("what this format adds to a key stays small", () => {
  const known = nothingKnown();
  for (let offset = 0; offset < 200; offset += 1) {
    const id = `0b0c3f6e-1111-4222-8333-${String(offset).padStart(12, "0")}`;
    remember(known, eventOf({ copy: "now", topic: `topic-${offset % 7}`, id, number: null }, offset), 64);
  }
  const before = JSON.stringify({ applied: {}, recent: known.recent, sequences: {} }).length;
  expect(known.recent).toHaveLength(64);
  expect(JSON.stringify(known).length - before).toBeLessThan(450);
});

test("an id with another payload is told apart from one that comes twice, also behind ids that format 1 noted", () => {
  const noted = { copy: "now", topic: "quiz", number: null } as const;
  let row: StoredKnownEvents = { applied: {}, recent: [], sequences: {} };
  applyBefore(row, { ...noted, id: "a" });
  [, row] = applyNow(row, { ...noted, id: "b" }, 1);
  applyBefore(row, { ...noted, id: "c" });
  const known = loadKnownEvents(JSON.parse(JSON.stringify(row)) as StoredKnownEvents);
  const reasonOf = (id: string, payload: unknown) =>
    ignoreReason(known, { ...eventOf({ ...noted, id }, 9), payload }, "quiz/3");
  expect(["a", "b", "c"].map((id) => reasonOf(id, null))).toEqual(["duplicate_id", "duplicate_id", "duplicate_id"]);
  // Of what format 1 noted the payload is not known.
  expect(["a", "b", "c"].map((id) => reasonOf(id, { n: 1 }))).toEqual(["duplicate_id", "id_reused", "duplicate_id"]);
});

test("a number of a row of before that cannot be hides nothing, and goes with the next one that can", () => {
  const forged = 999_999_999_999_999;
  const known = loadKnownEvents({ applied: {}, recent: [], sequences: { tally: forged, other: forged } });
  const event = { ...eventOf({ copy: "now", topic: "quiz", id: "a", number: 3 }, 0), highestSequence: 100 };
  expect(ignoreReason(known, event, "quiz/3")).toBeNull();
  remember(known, event, window);
  const again = loadKnownEvents(JSON.parse(JSON.stringify(known)) as StoredKnownEvents);
  expect(again).toMatchObject({ sequences: { tally: 3, other: forged }, sequencesByTopic: { quiz: { tally: 3 } } });
  expect(again.sequencesOfAnyTopic).toEqual({ other: forged });
  expect(ignoreReason(again, { ...event, id: "b", offset: 1 }, "quiz/3")).toBe("applied_sequence");
});

test("of a row of before with names without end the shorter ones are kept, so many", () => {
  const sequences = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`${"x".repeat(index % 2 === 0 ? 2000 : 20)}${index}`, 1]),
  );
  const known = loadKnownEvents({ applied: {}, recent: [], sequences });
  expect(JSON.stringify(known).length).toBeLessThan(6000);
});
