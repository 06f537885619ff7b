import { describe, expect, it } from "vitest";
import { readSoakOptions } from "../src/soak/options.js";
import { peaksOf, problemsOf } from "../src/soak/samples.js";

const samples = (values: readonly number[]) => values.map((teacher, at) => ({ atMs: at * 1000, values: { teacher } }));

describe("a soak", () => {
  it("takes the peak of each third, the last moment with the last", () => {
    expect(peaksOf(samples([1, 3, 2, 5, 4, 9, 7]), 6000).get("teacher")).toEqual([3, 5, 9]);
  });

  it("holds the last third's memory against the middle third's", () => {
    const of = (last: number) =>
      problemsOf({ memory: new Map([["teacher", [50, 100, last]]]), lag: new Map(), rate: 200 });
    expect(of(110)).toEqual([]);
    expect(of(111)).toEqual(["the memory of teacher grows: its peak is 111 % of the middle third's"]);
  });

  it("does not take what was not measured for flat", () => {
    const of = (...peaks: readonly [number, number, number]) =>
      problemsOf({ memory: new Map([["teacher", peaks]]), lag: new Map(), rate: 200 });
    expect(of(50, 100, 0)).toEqual(["the memory of teacher was not measured in each third of the run"]);
    expect(of(0, 0, 0)).toHaveLength(1);
  });

  it("allows an app to be seconds behind, after it has begun", () => {
    const of = (peaks: readonly [number, number, number]) =>
      problemsOf({ memory: new Map(), lag: new Map([["struggle", peaks]]), rate: 200 });
    expect(of([9000, 2000, 100])).toEqual([]);
    expect(of([0, 0, 2001])).toHaveLength(1);
  });

  it("is made as its options say", () => {
    expect(readSoakOptions(["--minutes", "3"])).toMatchObject({ minutes: 3, students: 5000, rate: 200, json: false });
    expect(readSoakOptions(["--minutes", "0"])).toMatchObject({ problem: expect.stringContaining("above 0") });
    expect(readSoakOptions(["--help"])).toBe("help");
  });
});
