import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { KafkaCluster } from "../client/protocol.js";
import { createFetchFailures } from "./fetch-failures.js";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

const gone = { topic: "gone", partition: 0 };
const other = { topic: "other", partition: 0 };
const refusal = (type: string, place: object) =>
  Object.assign(new Error(type), { name: "KafkaJSProtocolError", type, ...place });

function opened() {
  const failed: unknown[] = [];
  const cluster = { refreshMetadata: async () => undefined } as Partial<KafkaCluster> as KafkaCluster;
  const partitions = { get: () => undefined };
  const failures = createFetchFailures(cluster, partitions, { replaced: async () => null }, (e) => failed.push(e));
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

it("the ten seconds begin anew once the topic was answered for", async () => {
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
