import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "../page/live/paced.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what comes after a while is handed on at once, what comes soon after together, in order, and nothing is lost", async () => {
  const runs: string[][] = [];
  const take = paced<string>(200, (all) => runs.push([...all]));
  take("a");
  take("b");
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toEqual([["a", "b"]]);
  for (const one of ["c", "d", "e"]) {
    take(one);
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(runs).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(50);
  expect(runs).toEqual([
    ["a", "b"],
    ["c", "d", "e"],
  ]);
  await vi.advanceTimersByTimeAsync(1000);
  take("f");
  await vi.advanceTimersByTimeAsync(0);
  expect(runs[2]).toEqual(["f"]);
});
