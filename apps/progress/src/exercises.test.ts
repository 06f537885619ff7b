import { expect, it } from "vitest";
import { completionPct, withAssigned, withCompleted } from "./exercises.js";

it("goes on with what earlier versions stored", () => {
  const former = { completedById: { 7: true, 9: false } };
  expect(completionPct(former)).toBe(50);
  expect(withAssigned(former, 7)).toEqual({ open: [9], completed: [7] });
  expect(withAssigned(former, 9)).toEqual({ open: [9], completed: [7] });
  expect(withAssigned(former, 3)).toEqual({ open: [9, 3], completed: [7] });
  expect(withCompleted(former, 9)).toEqual({ open: [], completed: [7, 9] });
  expect(withCompleted(former, 7)).toEqual({ open: [9], completed: [7] });
});
