import { expect, test } from "vitest";
import { createPatternCosts } from "./cost.js";

const costOf = createPatternCosts();

test.each([
  "^(a+)+$",
  "^(a|a)*$",
  "^(a|aa)+$",
  "(x+x+)+y",
  "^(\\w+\\s?)*$",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "^(?<y>a*)*$",
  "^((((((a+)+)+)+)+)+)+$",
  "^(ab|a|b)*$",
  "^([a-z]|[m-p])*$",
])("%s takes exponential time", (source) => {
  expect(costOf(source)).toBe("exponential");
});

test.each(["^\\S+@\\S+\\.\\S+$", "\\d+x", "^\\s+|\\s+$", "^a*a*$"])("%s takes more than linear time", (source) => {
  expect(costOf(source)).toBe("slow");
});

test.each([
  "^[a-z]+(-[a-z]+)*$",
  "^[a-zA-Z0-9_.-]{1,255}$",
  "^(0|[1-9][0-9]*)$",
  "^[^@]+@[^@]+$",
  "^\\p{L}+$",
  "[a-z]+",
  "^(?:[a-z0-9]+\\.)+[a-z]{2,}$",
  "^(?=.*\\d)(?=.*[a-z]).{8,}$",
  "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
  "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$",
  "^((25[0-5]|(2[0-4]|1\\d|[1-9]|)\\d)\\.?\\b){4}$",
  "^(a|b|cd)*$",
])("%s takes linear time", (source) => {
  expect(costOf(source)).toBe("linear");
});

test("what does not compile is invalid; what takes too long to judge is undecided, and so is all that comes after", () => {
  expect(costOf("[a")).toBe("invalid");
  const costs = createPatternCosts(2);
  const long = Array.from({ length: 150 }, (_, index) => `(a${index}b*|c*)+`).join("");
  expect(costs(`^${long}$`)).toBe("undecided");
  expect(costs("^a$")).toBe("undecided");
});
