import { expect, test } from "vitest";
import { DoNotRetry, nextDelayMs, retry } from "./retry.js";

const failing = (times: number) => {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  };
};

test("what fails is called again until it resolves, after pauses that double up to the longest", async () => {
  const pauses: number[] = [];
  const mayRetry = (_: unknown, pauseMs: number) => pauses.push(pauseMs) > 0;
  expect(await retry({ firstPauseMs: 1, longestPauseMs: 3, mayRetry }, failing(4))).toBe(5);
  expect(pauses).toEqual([1, 2, 3, 3]);
});

test("a failure that may not be tried again is thrown", async () => {
  const mayRetry = (caught: unknown) => (caught as Error).message === "failure 1";
  await expect(retry({ firstPauseMs: 1, longestPauseMs: 1, mayRetry }, failing(9))).rejects.toThrow("failure 2");
});

test("a signal ends a pause, with the last failure", async () => {
  const stopping = new AbortController();
  const running = retry(
    { firstPauseMs: 60_000, longestPauseMs: 60_000, mayRetry: () => true, signal: stopping.signal },
    failing(1),
  );
  stopping.abort();
  await expect(running).rejects.toThrow("failure 1");
});

test("a failing event's pauses double, and no attempt begins after its time", () => {
  const policy = { attempts: 4, withinMs: 1000, firstDelayMs: 200 };
  expect([1, 2, 3, 4].map((attempts) => nextDelayMs(policy, attempts, 0, null))).toEqual([200, 400, 800, null]);
  expect(nextDelayMs(policy, 2, 700, null)).toBeNull();
});

test("what no second try mends is not tried again: by the error, or by the policy", () => {
  const delayAfter = (thrown: unknown, policy = {}) => nextDelayMs(policy, 1, 0, thrown);
  expect(delayAfter(new Error("once more"))).toBe(200);
  expect(delayAfter(new DoNotRetry("no such module"))).toBeNull();
  const ofAnotherCopy = Object.assign(new Error("no such module"), { name: "DoNotRetry" });
  expect(delayAfter(ofAnotherCopy, { if: () => true })).toBeNull();
  const policy = { if: (thrown: unknown) => !(thrown instanceof TypeError) };
  expect([delayAfter(new TypeError("x"), policy), delayAfter(new Error("x"), policy)]).toEqual([null, 200]);
  const throwing = () => {
    throw new Error("as the test says");
  };
  expect(delayAfter(new Error("x"), { if: throwing })).toBe(200);
});
