import { describe, expect, it } from "vitest";
import { overtaken, withFirings } from "../src/check/firings.js";
import { historyOf } from "../src/check/history.js";
import { checkEffects } from "../src/check/outcome.js";
import { emissionsOf } from "../src/check/outputs.js";
import { checkPublishing, outOfOrderIn } from "../src/check/publishing.js";
import { parseLine } from "../src/log/foreign-log.js";
import { pointsOf } from "../src/points/table.js";
import type { JournalEntry } from "../src/publish/journal.js";
import { record } from "./records.js";

const numbered = (topic: string, offset: number, number: number, after?: string) =>
  record(topic, offset, { "classroom-number": String(number), ...(after ? { "keyline-after": after } : {}) });

describe("one student's history", () => {
  it("puts no event before what its header names, whatever the topics' order", () => {
    const records = [numbered("b", 5, 2, "a/3@0"), numbered("a", 0, 1), numbered("a", 9, 3, "a/3@0, b/3@5")];
    const { events, isTotal } = historyOf(7, records);
    expect(events.map(({ offset }) => offset)).toEqual([0, 5, 9]);
    expect(isTotal).toBe(true);
  });

  it("says so when the headers leave a choice", () => {
    expect(historyOf(7, [numbered("a", 0, 1), numbered("b", 0, 2)]).isTotal).toBe(false);
  });

  it("refuses causes that go in a circle", () => {
    expect(() => historyOf(7, [numbered("a", 0, 1, "b/3@0"), numbered("b", 0, 2, "a/3@0")])).toThrow("circle");
  });
});

describe("what was published", () => {
  const called = (number: number): JournalEntry => ({ kind: "called", student: 7, number, topic: "a" });
  const acknowledged = (number: number, offset: number): JournalEntry => ({
    ...{ kind: "acknowledged", student: 7, number, topic: "a", partition: 3, offset },
  });
  const check = (journal: readonly JournalEntry[], log: readonly ReturnType<typeof numbered>[]) =>
    checkPublishing(journal, log, [historyOf(7, log)]);

  it("is in order, once, and there", () => {
    const found = check(
      [called(1), called(2), acknowledged(1, 0), acknowledged(2, 1)],
      [numbered("a", 0, 1), numbered("a", 1, 2)],
    );
    expect(found).toMatchObject({ called: 2, acknowledged: 2, lost: 0, duplicated: 0, outOfOrder: 0, unanswered: 0 });
  });

  it("is lost when it is not at the position that was acknowledged", () => {
    expect(check([called(1), acknowledged(1, 0)], []).lost).toBe(1);
    expect(check([called(1), acknowledged(1, 4)], [numbered("a", 0, 1)]).lost).toBe(1);
  });

  it("is duplicated when it is there twice, acknowledged or not", () => {
    expect(check([called(1)], [numbered("a", 0, 1), numbered("a", 1, 1)])).toMatchObject({
      duplicated: 1,
      unanswered: 1,
    });
  });

  it("is out of order behind a later call; what was rejected may come late", () => {
    const log = [numbered("a", 0, 2), numbered("a", 1, 1)];
    const second = [called(1), called(2), acknowledged(2, 0)];
    expect(check([...second, acknowledged(1, 1)], log).outOfOrder).toBe(1);
    const rejected: JournalEntry = { kind: "rejected", student: 7, number: 1, code: "outcome_unknown", reason: "lost" };
    expect(check([...second, rejected], log)).toMatchObject({ outOfOrder: 0, rejected: { outcome_unknown: 1 } });
  });

  it("counts each event that comes after a later one", () => {
    expect(outOfOrderIn([1, 3, 2, 5, 4, 4, 6])).toEqual([2, 4, 4]);
  });
});

describe("what the apps left", () => {
  const row = { exercise_completion_pct: 0, quiz_score_avg: 0, code_quality_avg: 0, consistency_score: 0 };
  const rows = [{ student_id: 7, module: "loops", mastery_score: 1, mastery_level: "beginner", ...row }];
  const left = (records: readonly ReturnType<typeof numbered>[]) =>
    checkEffects({
      histories: records.length > 0 ? [historyOf(7, records)] : [],
      ...{
        firings: [],
        givenUp: new Map(),
        rows,
        alerts: [],
        outputs: [record("learning.progress", 0, { "keyline-seq": "progress#2" })],
      },
    });

  it("is held against the log, also of a student of whom nothing lies there", () => {
    expect(left([numbered("a", 0, 1)])).toMatchObject({ twice: 2, unstable: 1 });
    expect(left([])).toMatchObject({ twice: 2, unstable: 1 });
  });

  it("is not judged where the log leaves a choice of orders", () => {
    expect(left([numbered("a", 0, 1), numbered("b", 0, 2)])).toMatchObject({ twice: 0, unstable: 0 });
  });
});

describe("what a projection published", () => {
  const output = (offset: number, number: number, id = `id-${number}`) =>
    record("struggle.detected", offset, { "keyline-seq": `struggle#${number}` }, { id });

  it("counts each number once, where it came first", () => {
    const { first, all, findings } = emissionsOf("struggle", [output(0, 1), output(1, 2), output(2, 1), output(3, 3)]);
    expect(first.map(({ offset }) => offset)).toEqual([0, 1, 3]);
    expect([all, findings]).toEqual([4, []]);
  });

  it.each([
    ["a number that was passed over", [output(0, 2)]],
    ["another id for the same number", [output(0, 1), output(1, 1, "other")]],
    ["one id for two numbers", [output(0, 1, "same"), output(1, 2, "same")]],
    ["an output without a number", [record("struggle.detected", 0)]],
  ])("finds %s", (_, outputs) => {
    expect(emissionsOf("struggle", outputs).findings).not.toEqual([]);
  });
});

describe("firings of the clock", () => {
  const below = (offset: number) => new Map([["code.executed/3", offset]]);
  const firing = { student: 7, beforeMs: 1000, exercises: [5], below: below(2) };
  const events = [0, 1, 2].map((offset) => record("code.executed", offset));

  it("stand behind the last event below their positions", () => {
    const steps = withFirings(events, [firing]);
    expect(steps.map((step) => ("clockMs" in step ? "clock" : "event"))).toEqual(["event", "event", "clock", "event"]);
  });

  it("before all events stand first", () => {
    expect(withFirings(events, [{ ...firing, below: below(0) }])[0]).toEqual({ clockMs: 1000 });
  });

  it("overtake nothing when they stand between two events", () => {
    expect(overtaken({ student: 7, events, isTotal: true }, [firing])).toEqual([]);
  });

  it("are found when the exercise was completed below their positions", () => {
    const event = { student_id: 7, timestamp: "2026-01-05T09:00:00Z", payload: { exercise_id: 5 } };
    const done = record("exercise.completed", 0, {}, { event });
    const late = { ...firing, below: new Map([...below(2), ["exercise.completed/3", 1] as const]) };
    expect(overtaken({ student: 7, events: [done], isTotal: true }, [late])).toHaveLength(1);
  });

  it("are found when the positions leave out an event before one that they have", () => {
    const other = record("learning.quiz", 0);
    expect(overtaken({ student: 7, events: [other, ...events], isTotal: true }, [firing])).not.toEqual([]);
  });
});

describe("a line of the console consumer", () => {
  it("is read whole, whatever the value holds", () => {
    const value = {
      id: "e1",
      type: "learning.query",
      data: { student_id: 7, timestamp: "t", payload: { query: "a,b:c" } },
    };
    const line = `Partition:3\u0001Offset:12\u0001classroom-number:4\u0002keyline-after:a/3@1, b/3@2\u00017\u0001${JSON.stringify(value)}`;
    const found = parseLine(line);
    expect(found).toMatchObject({
      topic: "learning.query",
      partition: 3,
      offset: 12,
      key: "7",
      id: "e1",
      event: value.data,
    });
    expect([...found.headers]).toEqual([
      ["classroom-number", "4"],
      ["keyline-after", "a/3@1, b/3@2"],
    ]);
  });

  it("in another shape is refused", () => {
    expect(() => parseLine(`Offset:1\u0001Partition:3\u0001\u00017\u0001{"id":"a","type":"b","data":{}}`)).toThrow(
      "printed",
    );
  });
});

describe("a plain handler's rows", () => {
  const log = [0, 1].map((n) => ({ topic: "learning.quiz", id: `event ${n}` }));

  it("are one for each event of the log, also of one that lies there twice", () => {
    const rows = ["learning.quiz event 0", "learning.quiz event 1"];
    expect(pointsOf(rows, [...log, ...log.slice(1)])).toEqual({ rows: 2, twice: 0, missing: 0 });
  });

  it("are twice or missing", () => {
    const rows = ["learning.quiz event 0", "learning.quiz event 0"];
    expect(pointsOf(rows, log)).toEqual({ rows: 2, twice: 1, missing: 1 });
  });
});
