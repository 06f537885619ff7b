import { describe, expect, it } from "vitest";
import { dayOf, rememberDay, streakOf } from "./streak.js";

const remember = (days: readonly number[]) => days.reduce<readonly number[]>(rememberDay, []);

describe("a student's streak", () => {
  it("is 0 before the first activity", () => {
    expect(streakOf([])).toBe(0);
  });

  it("counts consecutive days back from the latest activity day", () => {
    expect(streakOf(remember([1, 2, 4, 5, 6]))).toBe(3);
  });

  it("starts again at 1 after a day without activity", () => {
    expect(streakOf(remember([1, 2, 3, 5]))).toBe(1);
  });

  it("is lengthened by a late event that fills a gap", () => {
    expect(streakOf(remember([1, 3, 4]))).toBe(2);
    expect(streakOf(remember([1, 3, 4, 2]))).toBe(4);
  });

  it("counts a day once", () => {
    expect(remember([7, 7, 7])).toEqual([7]);
  });

  it("remembers the ten latest days only", () => {
    expect(remember([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(remember([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1])).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe("a calendar day", () => {
  it("begins at midnight UTC", () => {
    expect(dayOf("2026-11-23T23:59:59.999Z")).toBe(dayOf("2026-11-23T00:00:00Z"));
    expect(dayOf("2026-11-24T00:00:00Z")).toBe(dayOf("2026-11-23T00:00:00Z") + 1);
  });

  it("is right before 1970, at the end of time and in a leap second", () => {
    expect(dayOf("1969-12-31T23:59:59.999Z")).toBe(-1);
    expect(dayOf("9999-12-31t00:00:00z")).toBe(2_932_896);
    expect(dayOf("2016-12-31T23:59:60Z")).toBe(dayOf("2016-12-31T00:00:00Z"));
  });
});
