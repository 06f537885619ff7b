import { KeylineError } from "@keyline/runtime";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Cluster } from "../client/cluster.js";
import { unavailable } from "../errors.js";
import { createFetchFailures } from "./fetch-failures.js";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

const gone = { topic: "gone", partition: 0 };
const other = { topic: "other", partition: 0 };
const refusal = (type: string, place: object) => Object.assign(new Error(type), { type, ...place });

function opened(replacedTopics: readonly string[] = []) {
  const failed: unknown[] = [];
  const cluster = { turn: () => undefined, refresh: async () => undefined } as Partial<Cluster> as Cluster;
  const partitions = { get: () => undefined };
  const replaced = async (topic: string) =>
    replacedTopics.includes(topic) ? new KeylineError("log_replaced", `${topic} was recreated`) : null;
  const failures = createFetchFailures(cluster, partitions, { replaced }, (e) => failed.push(e));
  return { failures, failed };
}

it("a topic that stays unknown for ten seconds is told, though others are answered for meanwhile", async () => {
  const { failures, failed } = opened();
  const unknown = refusal("UNKNOWN_TOPIC_ID", gone);
  await failures.handle(unknown);
  failures.answered([other]);
  vi.advanceTimersByTime(9_000);
  await failures.handle(unknown);
  expect(failed).toEqual([]);
  failures.answered([other]);
  vi.advanceTimersByTime(1_001);
  await failures.handle(unknown);
  expect(failed).toMatchObject([{ code: "topic_unknown", message: expect.stringContaining("gone/0") }]);
});

it("the ten seconds start again once the topic was answered for", async () => {
  const { failures, failed } = opened();
  const unknown = refusal("UNKNOWN_TOPIC_OR_PARTITION", gone);
  await failures.handle(unknown);
  vi.advanceTimersByTime(9_000);
  failures.answered([gone]);
  await failures.handle(unknown);
  vi.advanceTimersByTime(9_000);
  await failures.handle(unknown);
  expect(failed).toEqual([]);
});

it("partitions that no broker leads are waited for, or are those of a topic that was recreated without them", async () => {
  const { failures, failed } = opened(["again"]);
  const leaderless = unavailable("no leader");
  await failures.handle(leaderless, ["other"]);
  expect(failed).toEqual([]);
  await failures.handle(leaderless, ["other", "again"]);
  expect(failed).toMatchObject([{ code: "log_replaced", message: expect.stringContaining("again") }]);
});

it("where the broker that is asked about a topic is gone, the others are asked for another", async () => {
  let refreshed = 0;
  const refresh = async () => void refreshed++;
  const cluster = { turn: () => undefined, refresh } as Partial<Cluster> as Cluster;
  const replaced = () => Promise.reject(unavailable("the broker that was asked is gone"));
  const { handle } = createFetchFailures(cluster, { get: () => undefined }, { replaced }, () => undefined);
  await handle(refusal("UNKNOWN_TOPIC_ID", gone));
  expect(refreshed).toBe(1);
});
