import { expect, test } from "vitest";
import type { Check } from "./checks.ts";
import { runAll } from "./schedule.ts";

const step = (name: string, mostly: Check["mostly"], ...after: string[]): Check => ({
  ...{ name, mostly, after },
  command: ["true"],
});

/** Runs steps of so many milliseconds of a clock of their own. Resolves to when each began and ended. */
async function play(steps: readonly (readonly [Check, number])[]) {
  const clock: { atMs: number; wake: () => void }[] = [];
  let nowMs = 0;
  const lengths = new Map(steps);
  const running = runAll(
    steps.map(([check]) => check),
    async (check) => {
      const beganMs = nowMs;
      await new Promise<void>((wake) => clock.push({ atMs: nowMs + (lengths.get(check) ?? 0), wake }));
      return `${check.name} ${beganMs}-${nowMs}`;
    },
  );
  for (let turns = 0; turns < 100; turns += 1) {
    for (let tick = 0; tick < 10; tick += 1) await null;
    const next = clock.toSorted((one, other) => one.atMs - other.atMs)[0];
    if (!next) break;
    clock.splice(clock.indexOf(next), 1);
    nowMs = next.atMs;
    next.wake();
  }
  return running;
}

test("one step that computes and one that waits run side by side, each kind in its order", async () => {
  const steps = [
    [step("lint", "computes"), 10],
    [step("brokers", "waits"), 25],
    [step("tests", "computes"), 20],
    [step("chaos", "waits"), 5],
  ] as const;
  expect(await play(steps)).toEqual(["lint 0-10", "brokers 0-25", "tests 10-30", "chaos 25-30"]);
});

test("two that wait run side by side once nothing is left to compute", async () => {
  const steps = [
    [step("tests", "computes"), 10],
    [step("brokers", "waits"), 15],
    [step("pages", "waits"), 20],
    [step("chaos", "waits"), 5],
  ] as const;
  expect(await play(steps)).toEqual(["tests 0-10", "brokers 0-15", "pages 10-30", "chaos 15-20"]);
});

test("a step waits for what it reads, and lets others of its kind pass meanwhile", async () => {
  const steps = [
    [step("build", "computes"), 10],
    [step("packed on brokers", "waits", "build"), 5],
    [step("brokers", "waits"), 15],
  ] as const;
  expect(await play(steps)).toEqual(["build 0-10", "packed on brokers 10-15", "brokers 0-15"]);
});

test("a step that reads what no step makes goes ahead, and one that reads itself is refused", async () => {
  expect(await play([[step("alone", "computes", "of another run"), 1]])).toEqual(["alone 0-1"]);
  await expect(play([[step("a", "computes", "a"), 1]])).rejects.toThrow("nothing can start of: a");
});
