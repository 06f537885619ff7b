import { describe, expect, it } from "vitest";
import { unavailable } from "../errors.js";
import { brokerError } from "../wire/broker-error.js";
import { answeredWithin, retryOn } from "./cluster.js";
import { waitForTopics } from "./topics.js";

const cluster = { turn: () => undefined, refresh: async () => undefined };

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

describe("a topic that is unknown", () => {
  const unknown = Object.assign(new Error("This server does not host this topic-partition"), {
    type: "UNKNOWN_TOPIC_OR_PARTITION",
  });
  const unknownFor = (ms: number) => {
    const untilMs = performance.now() + ms;
    return async () => {
      if (performance.now() < untilMs) throw unknown;
      return "known";
    };
  };

  it("was made a moment ago, and is asked for again", async () => {
    expect(await retryOn(cluster, { withinMs: 30_000 }, unknownFor(300))).toBe("known");
  });

  it("for longer than a moment is not there", async () => {
    const startedMs = performance.now();
    await expect(retryOn(cluster, { withinMs: 600_000 }, unknownFor(60_000))).rejects.toBe(unknown);
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});

describe("the partition counts of topics", () => {
  /** A cluster whose broker hears of the topic after so many answers. */
  const slowCluster = (hearsAfter: number) => {
    let asked = 0;
    const partitions = [0, 1].map((partition) => ({ partition, leader: 1, leaderEpoch: 0, replicas: 1, inSync: 1 }));
    const metadata = async ([topic = ""]: readonly string[]) => {
      const found = { topic, id: null, rights: 0, partitions };
      const error = asked++ < hearsAfter ? brokerError(3) : null;
      return { brokers: [], clusterId: "", controllerId: 1, topics: [{ ...found, error }] };
    };
    return { metadata };
  };
  const open = new AbortController().signal;

  it("have one that the broker had not heard of at first", async () => {
    expect(await waitForTopics(slowCluster(4), ["new"], open)).toEqual(new Map([["new", 2]]));
  });

  it("have none of one that is not there, and a transport that closes does not wait for it", async () => {
    expect(await waitForTopics(slowCluster(Number.POSITIVE_INFINITY), ["never"], AbortSignal.abort())).toEqual(
      new Map(),
    );
  });
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
