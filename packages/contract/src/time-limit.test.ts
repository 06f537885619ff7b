import { expect, test, vi } from "vitest";
import { createTimeLimit, outOfTime } from "./time-limit.js";

const endless = (): never => {
  for (;;);
};

test("what ends in time gives its result, or throws as it does", () => {
  const within = createTimeLimit(1000);
  expect(within(() => 42)).toBe(42);
  expect(() =>
    within(() => {
      throw new RangeError("bad");
    }),
  ).toThrow(RangeError);
});

test.each([
  ["a regular expression of exponential time", () => /^(a+)+$/.test(`${"a".repeat(60)}!`)],
  ["an endless loop", endless],
  [
    "one that catches what is thrown",
    () => {
      try {
        return endless();
      } catch {
        return "caught";
      }
    },
  ],
])("%s is ended", (_, run) => {
  const within = createTimeLimit(50);
  expect(within<unknown>(run)).toBe(outOfTime);
  expect(within(() => 42)).toBe(outOfTime);
});

test("what waited for the processor is not over its time: it runs again, for longer", () => {
  // As on a machine so busy that of ten milliseconds on the wall one is this process's.
  const cpuUsage = vi.spyOn(process, "cpuUsage");
  let spentMs = 0;
  cpuUsage.mockImplementation((before) => {
    spentMs = before ? performance.now() / 10 - before.user / 1000 : performance.now() / 10;
    return { user: spentMs * 1000, system: 0 };
  });
  try {
    const forMs = (ms: number) => () => {
      const untilMs = performance.now() + ms;
      while (performance.now() < untilMs);
      return "done";
    };
    const within = createTimeLimit(50);
    expect(within(forMs(100))).toBe("done");
    expect(within<unknown>(endless)).toBe(outOfTime);
  } finally {
    cpuUsage.mockRestore();
  }
});
