import { expect, it } from "vitest";
import { unavailable } from "../errors.js";
import { answeredWithin, retryOn } from "./cluster.js";
import type { KafkaCluster } from "./protocol.js";

const cluster = {
  connect: async () => undefined,
  refreshMetadata: async () => undefined,
} as unknown as KafkaCluster;

/** Attempts that fail, each after so long. */
function failing(...afterMs: readonly number[]) {
  let attempts = 0;
  return async () => {
    const ms = afterMs[attempts++];
    if (ms === undefined) return attempts;
    await new Promise((resolve) => setTimeout(resolve, ms));
    throw unavailable("no answer");
  };
}

it("a first attempt that takes all the time for itself leaves as much for the others", async () => {
  expect(await retryOn(cluster, { withinMs: 500 }, failing(600, 0, 0))).toBe(4);
});

it("what goes on failing is given up when the time is over", async () => {
  const attempt = failing(...Array.from({ length: 100 }, () => 0));
  await expect(retryOn(cluster, { withinMs: 300 }, attempt)).rejects.toThrow("no answer");
});

it("what is given up for want of an answer is not tried again afterwards", async () => {
  let attempts = 0;
  const attempt = async () => {
    attempts += 1;
    await new Promise((resolve) => setTimeout(resolve, 150));
    throw unavailable("no answer");
  };
  const asking = answeredWithin(100, (signal) => retryOn(cluster, { withinMs: 2000, signal }, attempt));
  await expect(asking).rejects.toMatchObject({ message: expect.stringContaining("no answer within 100 ms") });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(attempts).toBe(1);
});
