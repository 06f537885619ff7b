import { expect, it } from "vitest";
import { faultKinds, planFaults, trackOf } from "../src/faults/plan.js";
import { readChaosOptions } from "../src/options.js";

it("the same seed plans the same faults, another seed others", () => {
  expect(planFaults(7, 120_000)).toEqual(planFaults(7, 120_000));
  expect(planFaults(8, 120_000)).not.toEqual(planFaults(7, 120_000));
});

it("a plan has every kind, in order of time, within the run", () => {
  const plan = planFaults(1, 120_000);
  expect(new Set(plan.map(({ kind }) => kind)).size).toBe(faultKinds.length);
  expect(plan).toEqual(plan.toSorted((a, b) => a.atMs - b.atMs));
  expect(plan.every(({ atMs, pick }) => atMs > 0 && atMs < 120_000 && pick >= 0 && pick < 1)).toBe(true);
});

it("copies of apps come to harm in each way before any way comes again", () => {
  const ofApps = planFaults(3, 600_000).filter(({ kind }) => trackOf(kind) === "apps");
  expect(new Set(ofApps.slice(0, 5).map(({ kind }) => kind)).size).toBe(5);
});

it.each([
  [["--minutes", "0"], "--minutes must be a number above 0"],
  [["--seed", "x"], "--seed must be a whole number"],
  [["--brokers", "2"], "--brokers must be 1 or 3"],
  [["--faults", "app killed,rain"], "which is not one of broker killed"],
  [["--faster"], "--faster"],
])("refuses %j", (args, problem) => {
  expect(readChaosOptions(args)).toEqual({ problem: expect.stringContaining(problem) });
});

it("has defaults for everything", () => {
  expect(readChaosOptions([])).toMatchObject({ minutes: 2, seed: 1, brokers: 3, stock: true, json: false });
  expect(readChaosOptions(["--help"])).toBe("help");
});
