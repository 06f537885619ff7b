import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Settings } from "../client/options.js";
import type { Coordinator } from "./coordinator.js";
import { createMembership } from "./membership.js";

const sessionTimeoutMs = 6000;
const heartbeatIntervalMs = 1000;

/** A member that has just joined; each heartbeat is answered by hand. */
function joined() {
  const heartbeats: (() => void)[] = [];
  const coordinator = {
    ask: () => new Promise<unknown>((resolve) => heartbeats.push(() => resolve(undefined))),
  } as unknown as Coordinator;
  const membership = createMembership({
    ...{ coordinator, groupId: "g", instanceId: null, failed: (error) => expect.fail(String(error)) },
    generation: { memberId: "m", generationId: 1, watches: false, partitions: [], gaps: [], counts: {} },
    settings: { sessionTimeoutMs, heartbeatIntervalMs } as Settings,
  });
  return { membership, heartbeats };
}

/** What a process sees that gets no turn for a while: its clock goes on, its timers have not run yet. */
const standStill = (ms: number) => {
  const nowMs = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => nowMs + ms);
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("is live from one answered heartbeat to the next", async () => {
  const { membership, heartbeats } = joined();
  for (let seconds = 1; seconds <= 20; seconds += 1) {
    await vi.advanceTimersByTimeAsync(heartbeatIntervalMs);
    heartbeats.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(membership.isLive()).toBe(true);
  }
  membership.stop();
});

it("is lost for good once it was asked too late, though the answer to an earlier heartbeat still comes", async () => {
  const { membership, heartbeats } = joined();
  await vi.advanceTimersByTimeAsync(heartbeatIntervalMs);
  expect(heartbeats).toHaveLength(1);
  // Longer than since it joined, shorter than since that heartbeat was sent.
  standStill(sessionTimeoutMs - heartbeatIntervalMs / 2);
  expect(membership.isLive()).toBe(false);
  heartbeats.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(membership.isLive()).toBe(false);
  await expect(membership.ended).resolves.toBe("lost");
  await membership.lost;
});
