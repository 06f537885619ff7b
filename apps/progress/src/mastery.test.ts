import { describe, expect, it } from "vitest";
import { consistencyScore, masteryLevel, masteryScore } from "./mastery.js";

const components = (completion: number, quiz: number, quality: number, consistency: number) => ({
  exercise_completion_pct: completion,
  quiz_score_avg: quiz,
  code_quality_avg: quality,
  consistency_score: consistency,
});

describe("a mastery score", () => {
  it("weighs completion 40, quizzes 30, quality 20 and consistency 10", () => {
    expect(masteryScore(components(100, 0, 0, 0))).toBe(40);
    expect(masteryScore(components(0, 100, 0, 0))).toBe(30);
    expect(masteryScore(components(0, 0, 100, 0))).toBe(20);
    expect(masteryScore(components(0, 0, 0, 100))).toBe(10);
    expect(masteryScore(components(60, 80, 95, 10))).toBe(68);
  });

  it("is rounded half up to two decimals", () => {
    expect(masteryScore(components(0, 0, 0.025, 0))).toBe(0.01);
    expect(masteryScore(components(0, 0, 0.024, 0))).toBe(0);
  });

  it("takes a binary fraction just below a half as the half that it means", () => {
    // 0.3 * 3.35 is 1.005; in doubles it is 1.00499999999999989.
    expect(masteryScore(components(0, 3.35, 0, 0))).toBe(1.01);
  });

  it("is at most 100", () => {
    expect(masteryScore(components(100, 100, 100, 100))).toBe(100);
  });
});

describe("a mastery level", () => {
  it.each([
    [0, "beginner"],
    [40, "beginner"],
    [40.01, "learning"],
    [70, "learning"],
    [70.01, "proficient"],
    [90, "proficient"],
    [90.01, "mastered"],
    [100, "mastered"],
  ])("of %d is %s", (score, level) => {
    expect(masteryLevel(score)).toBe(level);
  });

  it("comes from the rounded score: 40.004 is still beginner", () => {
    expect(masteryLevel(masteryScore(components(100, 0, 0.02, 0)))).toBe("beginner");
  });
});

describe("a consistency score", () => {
  it("is ten points a day, at most 100", () => {
    expect([0, 1, 9, 10, 11].map(consistencyScore)).toEqual([0, 10, 90, 100, 100]);
  });
});
