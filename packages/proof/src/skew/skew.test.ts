import { loadContract } from "@keyline/contract";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { partitionOf } from "@keyline/runtime/tools";
import { expect, test } from "vitest";
import { contractTopics } from "../contract/topics.js";
import { measureSkew } from "./skew.js";
import { createTimeBuckets } from "./time-buckets.js";

const { contract } = await loadContract(`${import.meta.dirname}/../../../../asyncapi.yaml`);
if (contract === null) throw new Error("the contract cannot be read");
const topics = contractTopics(contract);
const { domain } = topics.codeExecuted ?? {};
if (!domain) throw new Error("the topic has no domain");

/** Every student writes once a topic, and one of them a thousand times more. */
function clusterWithHotKey() {
  const cluster = createMemoryCluster();
  for (const address of domain?.topics ?? []) cluster.createTopic(address, { partitions: 12 });
  const write = (topic: string, key: string, timestampMs: number) => {
    const partition = partitionOf("fnv1a", Buffer.from(key), 12);
    cluster.faults.produce({ topic, partition, key: Buffer.from(key), value: Buffer.from("{}"), timestampMs });
  };
  for (let student = 1; student <= 500; student += 1) {
    for (const topic of ["code.executed", "learning.quiz"]) write(topic, String(student), student * 1000);
  }
  for (let n = 0; n < 1000; n += 1) write("code.executed", "42", n * 500);
  cluster.faults.produce({ topic: "code.executed", partition: 0, value: Buffer.from("{}"), timestampMs: 0 });
  return cluster;
}

test("lanes, hot keys and what other partition counts would give, from the records there are", async () => {
  const transport = clusterWithHotKey().transport();
  const report = await measureSkew(transport, { topics, domain, top: 3, counts: [6, 12, 24] });
  expect(report).toMatchObject({ records: 2001, unkeyed: 1, complete: true, errorBound: 0, missing: [] });
  expect(report.hotKeys[0]).toEqual({ key: "42", weight: 1002, error: 0 });
  expect(report.lanes.reduce((sum, { records }) => sum + records, 0)).toBe(2001);
  const lane = partitionOf("fnv1a", Buffer.from("42"), 12);
  const busiest = report.lanes.reduce((one, other) => (other.records > one.records ? other : one));
  expect(busiest.partition).toBe(lane);
  expect(report.maxOverMean).toBeCloseTo((busiest.records * 12) / 2001, 6);
  for (const { partitioner, partitions, maxOverMean, busiestShare } of report.whatIf) {
    const loads = Array.from({ length: partitions }, () => 0);
    for (let student = 1; student <= 500; student += 1) {
      const at = partitionOf(partitioner, Buffer.from(String(student)), partitions);
      loads[at] = (loads[at] ?? 0) + (student === 42 ? 1002 : 2);
    }
    expect(busiestShare).toBeCloseTo(Math.max(...loads) / 2000, 6);
    expect(maxOverMean).toBeCloseTo((Math.max(...loads) * partitions) / 2000, 6);
    // The one key alone holds half of all.
    expect(busiestShare).toBeGreaterThan(0.5);
  }
  const told = report.overTime.flatMap(({ loads }) => loads).reduce((sum, load) => sum + load, 0);
  expect(told).toBe(2001);
  expect(report.overTime.length).toBeLessThanOrEqual(32);
});

test("spans of time get longer instead of more, and lose nothing", () => {
  const buckets = createTimeBuckets(2, 8);
  for (let n = 0; n < 1000; n += 1) buckets.add(1_700_000_000_000 + n * 60_000, n % 2, 1);
  buckets.add(1_600_000_000_000, 0, 1);
  const spans = buckets.spans();
  expect(spans.length).toBeLessThanOrEqual(8);
  expect(spans.flatMap(({ loads }) => loads).reduce((sum, load) => sum + load, 0)).toBe(1001);
  expect(spans[0]?.fromMs).toBeLessThanOrEqual(1_600_000_000_000);
  for (const [index, { toMs }] of spans.slice(0, -1).entries()) expect(spans[index + 1]?.fromMs).toBe(toMs);
});
