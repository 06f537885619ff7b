import { expect, test } from "vitest";
import { brief, type Evidence, judge, nothingWrong } from "../src/work/verdict.ts";

const log = ["e0", "e1", "t0", "e2"];
const outputs = log.map((text, index) => ({ key: "1", sequence: `tally#${index + 1}`, text }));
const whole: Evidence = {
  ...{ keys: ["1"], sentEach: 3, outputs, outboxRows: 0, parkedRows: 0, fired: ["1 t0"] },
  tally: new Map([["1", log]]),
  books: new Map([["1", log]]),
};
const found = (change: Partial<Evidence>) => brief(judge({ ...whole, ...change }));
const books = (...lines: readonly string[]) => found({ books: new Map([["1", lines]]) });

test("where all is well nothing is found, also when outputs were published again", () => {
  expect(found({})).toEqual(nothingWrong);
  const again = judge({ ...whole, outputs: [...outputs, ...outputs.slice(2)] });
  expect(brief(again)).toEqual(nothingWrong);
  expect(again.republished).toBe(2);
});

test("an effect that is there twice, lost or out of order is found", () => {
  expect(books(...log, "e2")).toMatchObject({ twice: 1, lost: 0, outOfOrder: 0 });
  expect(books("e0", "t0", "e2")).toMatchObject({ twice: 0, lost: 1, outOfOrder: 0 });
  expect(books("e0", "t0", "e1", "e2")).toMatchObject({ twice: 0, lost: 0, outOfOrder: 1 });
});

test("an event that no state has is lost, also when state and outputs agree", () => {
  const less = log.filter((text) => text !== "e1");
  const agreeing = less.map((text, index) => ({ key: "1", sequence: `tally#${index + 1}`, text }));
  const states = new Map([["1", less]]);
  expect(found({ tally: states, books: states, outputs: agreeing })).toMatchObject({ twice: 0, lost: 1 });
});

test("an output under another's number, a timer fired again and what still waits are found", () => {
  const misnumbered = [...outputs.slice(0, 3), { key: "1", sequence: "tally#3", text: "e2" }];
  expect(found({ outputs: misnumbered })).toMatchObject({ lost: 1, outOfOrder: 1 });
  expect(found({ fired: ["1 t0", "1 t0"] })).toMatchObject({ twice: 1 });
  expect(found({ outboxRows: 2, parkedRows: 1 })).toMatchObject({ lost: 2 });
});
