import { expect, test } from "vitest";
import { KeylineError } from "../errors.js";
import { createFailures } from "./failures.js";

const timer = { name: "remind", dueAtMs: 5000, data: null, correlationId: null, causes: [] };
const error = new KeylineError("timer_failed", "no mail server", { issues: ["remind", "5000"] });

test("a timer that failed is counted until its row is written without it", () => {
  const failures = createFailures({ policy: { attempts: 3 }, clock: () => 0, nowMs: () => 0 });
  const attempts = () => failures.timerFailed("7", error).attempts;
  expect(attempts()).toBe(1);
  failures.written("7", [timer]);
  expect(attempts()).toBe(2);
  failures.written("7", []);
  expect(attempts()).toBe(1);
});

test("a timer that failed as often as it may is left out until its row is written", () => {
  const failures = createFailures({ policy: { attempts: 1 }, clock: () => 0, nowMs: () => 0 });
  expect(failures.timerFailed("7", error).delayMs).toBeNull();
  expect(failures.withoutDropped("7", [timer])).toEqual([]);
  expect(failures.withoutDropped("8", [timer])).toEqual([timer]);
  failures.written("7", []);
  expect(failures.withoutDropped("7", [timer])).toEqual([timer]);
});

test("a timer that was given up and is set again has all of its attempts", () => {
  const failures = createFailures({ policy: { attempts: 2 }, clock: () => 0, nowMs: () => 0 });
  const delays = () => failures.timerFailed("7", error).delayMs;
  expect([delays(), delays()]).toEqual([200, null]);
  failures.written("7", [timer]);
  expect([delays(), delays()]).toEqual([200, null]);
});
