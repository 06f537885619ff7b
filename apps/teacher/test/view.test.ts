import { describe, expect, it } from "vitest";
import { commonErrors, countsOf, isEmpty, matches, noFilter, toggled } from "../page/live/filter.js";
import { freshnessOf } from "../page/live/freshness.js";
import { noMarks } from "../page/live/marking.js";
import { byAge, needsOf, seenLately } from "../page/live/needs.js";
import { sortedBy, sortedRows } from "../page/live/rows.js";
import { evidenceText, reasonText } from "../page/words/texts.js";
import type { Trigger, WireAlert, WireStudent } from "../src/wire.js";
import { scoreText } from "../src/words.js";

const nowMs = new Date(2026, 8, 7, 14, 0).getTime();
const minutesAgo = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString();

const severities = { explicit_help: "high", quiz_fail: "medium", stuck_10min: "low" } as const;
type Used = keyof typeof severities & Trigger;

function alert(id: string, trigger: Used, minutes: number, more: Partial<WireAlert> = {}): WireAlert {
  const evidence = trigger === "explicit_help" ? { phrase: `text ${id}` } : {};
  return {
    id,
    trigger,
    severity: severities[trigger],
    module: null,
    evidence,
    at: minutesAgo(minutes),
    seen: null,
    ...more,
  };
}

const student = (ref: string, ...alerts: WireAlert[]): WireStudent => ({ ref, pseudonym: ref, mastery: [], alerts });
const classOf = (...students: WireStudent[]) => ({
  modules: [],
  students: new Map(students.map((one) => [one.ref, one])),
});
const marks = (hidden: readonly string[], undoable: Readonly<Record<string, readonly string[]>> = {}) => ({
  hidden: new Set(hidden),
  undoable: new Map(Object.entries(undoable)),
});

describe("what a student needs", () => {
  const ann = student(
    "ann",
    alert("1", "explicit_help", 50),
    alert("2", "quiz_fail", 20),
    alert("3", "explicit_help", 10),
    alert("4", "explicit_help", 30, { seen: { at: minutesAgo(1), byYou: true } }),
  );

  it("is one thing: the reasons of all open alerts, the newest first, with the text of the last", () => {
    const need = needsOf(classOf(ann, student("bob")), noMarks).get("ann");
    const said = need?.reasons.map((reason) => `${reasonText(reason)}: ${evidenceText(reason.latest)}`);
    expect(said).toEqual(["Asked for help 2 times, last: “text 3”", "Failed a quiz: score unknown, below 50"]);
    expect(need).toMatchObject({ severity: "high", atMs: Date.parse(minutesAgo(10)) });
    expect(need?.alerts.map(({ id }) => id)).toEqual(["3", "2", "1"]);
  });

  it("is without what was marked as seen, and nothing once all of it was sent", () => {
    const left = needsOf(classOf(ann), marks(["1", "3"])).get("ann");
    expect([left?.severity, left?.alerts.map(({ id }) => id)]).toEqual(["medium", ["2"]]);
    const undoable = needsOf(classOf(ann), marks(["1", "2", "3"], { ann: ["1", "2", "3"] })).get("ann");
    expect([undoable?.severity, undoable?.alerts, undoable?.undoable.length]).toEqual(["high", [], 3]);
    // A card that shrinks would put the next one's button below the finger.
    expect(undoable?.reasons.map(({ alerts }) => alerts.length)).toEqual([2, 1]);
    expect(needsOf(classOf(ann), marks(["1", "2", "3"])).size).toBe(0);
  });

  it("is told by age, then by severity, then the newest first", () => {
    const needs = needsOf(
      classOf(
        student("old", alert("a", "explicit_help", 24 * 60)),
        student("morning", alert("b", "explicit_help", 60)),
        student("low", alert("c", "stuck_10min", 1)),
        student("earlier", alert("d", "explicit_help", 59)),
        student("later", alert("e", "explicit_help", 5)),
      ),
      noMarks,
    );
    const told = byAge(needs.values(), nowMs).map(([age, group]) => [age, ...group.map(({ student: { ref } }) => ref)]);
    expect(told).toEqual([
      ["hour", "later", "earlier", "low"],
      ["today", "morning"],
      ["before", "old"],
    ]);
  });
});

it("what was seen together is told together, the latest first", () => {
  const seen = (minutes: number, byYou = true) => ({ seen: { at: minutesAgo(minutes), byYou } });
  const ann = student("ann", alert("1", "quiz_fail", 50, seen(9)), alert("2", "quiz_fail", 40, seen(9)));
  const bob = student("bob", alert("3", "quiz_fail", 50, seen(5, false)), alert("4", "quiz_fail", 1));
  const told = seenLately(classOf(ann, bob), 8).map(({ student: { ref }, count, byYou }) => [ref, count, byYou]);
  expect(told).toEqual([
    ["bob", 1, false],
    ["ann", 2, true],
  ]);
});

describe("a filter", () => {
  const error = (id: string, error_type: string) => alert(id, "quiz_fail", 1, { evidence: { error_type } });
  const ann = {
    ...student("Ann", error("1", "NameError"), alert("2", "explicit_help", 1), alert("4", "explicit_help", 2)),
    mastery: [[20, "beginner"]],
  } as const;
  const bob = student("Bob", error("3", "NameError"));
  const carl = student("Carl");
  const needs = needsOf(classOf(ann, bob, carl), noMarks);
  const shown = (filter: Partial<typeof noFilter>) =>
    [ann, bob, carl].flatMap((one) =>
      matches({ ...noFilter, ...filter }, one, needs.get(one.ref), one.ref) ? [one.ref] : [],
    );

  it("leaves those for whom all of it is true, of one and the same alert", () => {
    expect(shown({})).toEqual(["Ann", "Bob", "Carl"]);
    expect(shown({ name: " bO" })).toEqual(["Bob"]);
    expect(shown({ severity: "high" })).toEqual(["Ann"]);
    expect(shown({ error: "NameError" })).toEqual(["Ann", "Bob"]);
    expect(shown({ error: "NameError", severity: "high" })).toEqual([]);
    expect(shown({ level: "beginner" })).toEqual(["Ann"]);
    expect(shown({ trigger: "stuck_10min" })).toEqual([]);
  });

  it("has as its counts the students that each choice leaves, with what is chosen already", () => {
    const counts = (filter: Partial<typeof noFilter>) => {
      const { severity, trigger, error } = countsOf(needs.values(), { ...noFilter, ...filter }, ({ ref }) => ref);
      return [severity, trigger, error].map((part) => Object.fromEntries(part));
    };
    expect(counts({})).toEqual([{ high: 1, medium: 2 }, { explicit_help: 1, quiz_fail: 2 }, { NameError: 2 }]);
    expect(counts({ severity: "high" })).toEqual([{ high: 1, medium: 2 }, { explicit_help: 1 }, {}]);
    expect(counts({ name: "b" })).toEqual([{ medium: 1 }, { quiz_fail: 1 }, { NameError: 1 }]);
    expect(counts({ level: "mastered" })).toEqual([{}, {}, {}]);
  });

  it("offers the errors of several students, and keeps the one that is chosen", () => {
    expect(commonErrors(needs.values(), null)).toEqual(["NameError"]);
    expect(commonErrors([], "NameError")).toEqual(["NameError"]);
  });

  it("is taken away by the press that set it", () => {
    const high = toggled(noFilter, "severity", "high");
    expect([high.severity, isEmpty(high), isEmpty(toggled(high, "severity", "high"))]).toEqual(["high", false, true]);
  });
});

it("rows go by alerts, most first, then by name; pressed again the other way round", () => {
  const counts: Readonly<Record<string, number>> = { a: 1, b: 3, c: 1 };
  const rows = [student("c"), student("a"), student("b")];
  const once = sortedBy({ by: "name", isDescending: false }, "alerts");
  const order = (sorting: typeof once) =>
    sortedRows(
      rows,
      sorting,
      ({ ref }) => ref,
      ({ ref }) => counts[ref] ?? 0,
    ).map(({ ref }) => ref);
  expect(order(once)).toEqual(["b", "a", "c"]);
  expect(order(sortedBy(once, "alerts"))).toEqual(["a", "c", "b"]);
});

it("a score's number never belongs to another level", () => {
  expect([40, 40.01, 70.4, 90, 90.3, 100].map(scoreText)).toEqual(["40", "41", "71", "90", "91", "100"]);
});

it("the page is up to date while apps get on, and says so in one word", () => {
  const apps = (behind: number, stalledMs: number) => [{ app: "struggle", behind, stalledMs }];
  const live = (given: ReturnType<typeof apps> | null) =>
    freshnessOf({ isLive: true, isLoaded: true, status: { nowMs, apps: given } });
  expect([live(apps(0, 0)), live(apps(10, 900)), live(apps(11, 0)), live(apps(1, 2001))]).toEqual([
    "up-to-date",
    "up-to-date",
    "behind",
    "behind",
  ]);
  expect([live(apps(1, 10_001)), live(null)]).toEqual(["stopped", "stopped"]);
  expect(freshnessOf({ isLive: false, isLoaded: true, status: null })).toBe("lost");
  expect(freshnessOf({ isLive: false, isLoaded: false, status: null })).toBe("connecting");
});
