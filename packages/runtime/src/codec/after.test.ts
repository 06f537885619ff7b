import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAfter, parseAfter } from "./after.js";

const at = (topic: string, partition: number, offset: number) => ({ topic, partition, offset });

describe("parseAfter", () => {
  it("reads positions, whatever the topics are called", () => {
    expect(parseAfter("code.submitted/3@17, a-b_c.d/3@0")).toEqual({
      entries: [at("code.submitted", 3, 17), at("a-b_c.d", 3, 0)],
      malformed: 0,
    });
  });

  it("keeps the highest position of a topic-partition", () => {
    expect(parseAfter("a/3@5,a/3@9,a/3@7,a/4@1").entries).toEqual([at("a", 3, 9), at("a", 4, 1)]);
  });

  it.each([null, "", "  "])("finds nothing in %j", (text) => {
    expect(parseAfter(text)).toEqual({ entries: [], malformed: 0 });
  });

  it.each([
    "a",
    "a/1",
    "a/1@",
    "a/-1@2",
    "a/1@-2",
    "a/1@2.5",
    "a/01@2",
    "/1@2",
    "a b/1@2",
    "a/2147483648@1",
    "a/1@9007199254740992",
    "a/1@2@3",
    "ä/1@2",
  ])("counts %j as malformed and keeps the rest", (text) => {
    expect(parseAfter(`${text}, ok/1@2`)).toEqual({ entries: [at("ok", 1, 2)], malformed: 1 });
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { entries, malformed } = parseAfter(text);
        return entries.length + malformed >= 0;
      }),
    );
  });
});

describe("formatAfter", () => {
  it("writes what parseAfter reads", () => {
    const entry = fc.record({
      topic: fc.stringMatching(/^[a-zA-Z0-9._-]{1,249}$/),
      partition: fc.nat(2 ** 31 - 1),
      offset: fc.maxSafeNat(),
    });
    const entries = fc.uniqueArray(entry, { selector: ({ topic, partition }) => `${topic}/${partition}` });
    fc.assert(
      fc.property(entries, (positions) => {
        expect(parseAfter(formatAfter(positions))).toEqual({ entries: positions, malformed: 0 });
      }),
    );
  });

  it("merges positions of one topic-partition", () => {
    expect(formatAfter([at("a", 1, 4), at("b", 1, 2), at("a", 1, 6)])).toBe("a/1@6, b/1@2");
    expect(formatAfter([])).toBeNull();
  });
});
