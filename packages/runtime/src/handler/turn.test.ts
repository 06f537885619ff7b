import { expect, it } from "vitest";
import { createTurn } from "./turn.js";

/** Computes for so long. */
function spin(ms: number) {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

it("work that never waits leaves the event loop to others every few milliseconds, and goes on", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = 100;
  const work = () => {
    while (left > 0 && turn.goesOn()) {
      left -= 1;
      spin(3);
    }
    if (left === 0) resolve();
  };
  const turn = createTurn(work);
  let others = 0;
  const timer = setInterval(() => {
    others += 1;
  }, 1);
  work();
  await promise;
  clearInterval(timer);
  expect(left).toBe(0);
  // 300 ms of work: in one go, without turns, nothing else gets any. Counted, for a machine may stand still by itself.
  expect(others).toBeGreaterThan(5);
});

it("an event loop that nothing keeps is not kept by it", async () => {
  let resumed = 0;
  const turn = createTurn(() => {
    resumed += 1;
  });
  expect(turn.goesOn()).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(resumed).toBe(0);
});
