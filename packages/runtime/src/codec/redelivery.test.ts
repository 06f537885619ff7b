import { describe, expect, test } from "vitest";
import { formatRedelivery, parseRedelivery } from "./redelivery.js";
import { formatSettled, parseSettled } from "./settled.js";

const redelivery = {
  group: "progress",
  source: { topic: "code.executed", partition: 3, offset: 12 },
  letter: { topic: "code.executed.dlq", partition: 3, offset: 0 },
  isById: false,
};
const text = "progress code.executed/3@12 code.executed.dlq/3@0";

describe("keyline-redelivery", () => {
  test.each([
    ["as it is written", text, redelivery],
    ["of a letter whose refusal was not noted", `${text} by-id`, { ...redelivery, isById: true }],
    ["of a group with blanks in its name", `the  b team ${text.slice(9)}`, { ...redelivery, group: "the  b team" }],
    ["of a group that is named like a position", `a/0@1 ${text.slice(9)}`, { ...redelivery, group: "a/0@1" }],
  ])("is read and written %s", (_, written, read) => {
    expect(parseRedelivery(written)).toEqual(read);
    expect(formatRedelivery(read)).toBe(written);
  });

  test("words behind the positions that are not known are ignored", () => {
    expect(parseRedelivery(`${text} later by-id more`)).toEqual({ ...redelivery, isById: true });
    expect(parseRedelivery(`${text} later`)).toEqual(redelivery);
  });

  test.each([
    [null],
    [""],
    ["progress"],
    ["progress code.executed/3@12"],
    ["code.executed/3@12 code.executed.dlq/3@0"],
    [" code.executed/3@12 code.executed.dlq/3@0"],
    ["progress code.executed/3@x code.executed.dlq/3@0"],
    ["progress code.executed/3@12,code.executed.dlq/3@0"],
    ["progress code.executed/3@99999999999999999 code.executed.dlq/3@0"],
  ])("%j is none", (given) => {
    expect(parseRedelivery(given)).toBeNull();
  });
});

describe("keyline-settled", () => {
  test.each([
    ["4 replayed ada lovelace", { offset: 4, as: "replayed", by: "ada lovelace" }],
    ["0 discarded ", { offset: 0, as: "discarded", by: "" }],
  ] as const)("%j is read and written", (given, read) => {
    expect(parseSettled(given)).toEqual(read);
    expect(formatSettled(read)).toBe(given);
  });

  test.each([[null], [""], ["4"], ["4 lost ada"], ["-1 replayed ada"], ["99999999999999999 replayed ada"]])(
    "%j is none",
    (given) => {
      expect(parseSettled(given)).toBeNull();
    },
  );
});
