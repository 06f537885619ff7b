import { describe, expect, it } from "vitest";
import { givenUpOf } from "../src/check/given-up.js";
import type { Letter } from "../src/log/sorted.js";
import { checkNotes } from "../src/side-topics/findings.js";
import type { Note } from "../src/side-topics/writer.js";

describe("what is published beside the class", () => {
  const note = (n: number, calledMs: number, topic: Note["topic"] = "recreated"): Note => ({
    ...{ topic, n, calledMs, acknowledged: { partition: 0, offset: n } },
  });
  const logged = (n: number, offset = n) => ({
    ...{ partition: 0, offset, key: "null", headers: new Map(), value: JSON.stringify({ n }) },
  });
  const check = (found: Partial<Parameters<typeof checkNotes>[0]>) =>
    checkNotes({ notes: [], handled: new Set(), log: [], madeMs: 100, ...found });

  it("is there, once, and handled", () => {
    const found = check({ notes: [note(1, 200)], handled: new Set([1]), log: [logged(1)] });
    expect(found).toEqual({ acknowledged: 1, lost: 0, duplicated: 0, unhandled: 0, gone: [] });
  });

  it("is gone with the topic, by name, where it was called before that was recreated and was not handled", () => {
    const found = check({ notes: [note(1, 50), note(2, 60), note(3, 50, "growing")], handled: new Set([2, 3]) });
    expect(found).toMatchObject({ lost: 1, gone: ["note 1"] });
  });

  it("is lost where it was called later, or lies elsewhere than acknowledged", () => {
    expect(check({ notes: [note(1, 200)] }).lost).toBe(1);
    expect(check({ notes: [note(1, 200)], handled: new Set([1]), log: [logged(1, 7)] }).lost).toBe(1);
  });

  it("is found where it is there twice, or was passed over", () => {
    const found = check({ notes: [note(1, 200)], log: [logged(1), logged(1, 2)] });
    expect(found).toMatchObject({ lost: 0, duplicated: 1, unhandled: 1 });
  });
});

describe("dead letters", () => {
  const letter = (fields: Partial<Letter>): Letter => ({
    ...{ app: "progress", code: "store_refused", key: "3", place: "learning.quiz/1@7" },
    ...fields,
  });
  const refused = { forAWhile: [3], forGood: [6] };

  it("of a refused row are explained", () => {
    const { places, others } = givenUpOf([letter({}), letter({ key: "6", app: "struggle" })], refused);
    expect(others).toEqual([]);
    expect([...places.keys()]).toEqual(["progress", "struggle"]);
    expect(places.get("progress")).toEqual(new Set(["learning.quiz/1@7"]));
  });

  it.each([{ key: "9" }, { app: "struggle" }, { code: "handler_failed" }, { key: "null" }])("%j is not", (fields) => {
    expect(givenUpOf([letter(fields)], refused).others).toHaveLength(1);
  });
});
