import { loadContract } from "@keyline/contract";
import { auditRecords, contractTopics, type RecordFinding, recordKinds } from "@keyline/proof";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { createRandom } from "@keyline/runtime/testing";
import { topics as generated } from "@student-events/events";
import { expect, test } from "vitest";
import { faultKinds, scores, strayPlacements, writeBySdk, writeMixture } from "../src/index.js";

const { contract } = await loadContract(`${import.meta.dirname}/../../../asyncapi.yaml`);
if (contract === null) throw new Error("the contract cannot be read");
const topics = contractTopics(contract);

function newCluster() {
  const cluster = createMemoryCluster({ maxBytes: Number.MAX_SAFE_INTEGER });
  for (const { address, partitions } of Object.values(topics)) {
    cluster.createTopic(address, { partitions: partitions ?? 1 });
  }
  return cluster;
}

test("a contract's topics are read as the generated descriptors say", () => {
  const plain = (all: typeof generated | typeof topics) =>
    Object.values(all).map(({ messages, ...topic }) => ({
      ...topic,
      messages: Object.entries(messages).map(([name, { schema: _, declared: __, ...message }]) => [name, message]),
    }));
  expect(plain(topics)).toEqual(plain(generated));
});

test.each([
  ["one in a hundred of each kind", 0.01, 11],
  ["one in ten thousand", 0.0001, 12],
])("every fault is found and nothing else: %s", async (_, rate, seed) => {
  const cluster = newCluster();
  const transport = cluster.transport();
  const options = { seed, records: 12_000, rate, partitions: 12, students: 800, startMs: 1_700_000_000_000 };
  await writeBySdk(transport, 2000, 800, createRandom(seed));
  const injected = await writeMixture(transport, options);
  const findings: RecordFinding[] = [];
  const report = await auditRecords(transport, { topics, finding: (one) => findings.push(one) });
  const all = scores(injected, findings);
  for (const { kind, wrong, missed } of all) expect({ kind, wrong, missed }).toEqual({ kind, wrong: [], missed: [] });
  const kinds = new Set<string>(injected.map(({ kind }) => kind));
  const every = [...faultKinds, "duplicate-id", ...(rate > 0.001 ? ["wrong-partition"] : [])];
  for (const kind of every) expect(kinds).toContain(kind);
  expect(report).toMatchObject({ complete: true, interrupted: false, missing: [], records: 14_002 });
  expect(report.findings + report.notes).toBe(findings.length);
  expect(findings.every(({ kind }) => kind in recordKinds)).toBe(true);
});

test("each producer's partitioner is named, and one that follows the contract is said to", async () => {
  const transport = newCluster().transport();
  const options = { seed: 5, records: 20_000, rate: 0.005, partitions: 12, students: 5000, startMs: 1_700_000_000_000 };
  await writeMixture(transport, options);
  const { producers, groups } = await auditRecords(transport, { topics });
  for (const placement of strayPlacements) {
    const producer = producers.find(({ source }) => source === `by-${placement}`);
    expect(producer?.placements[0]).toMatchObject({ placement });
    expect(producer?.placements[0]?.confidence).toBeGreaterThan(0.99);
    const group = groups.find((one) => one.kind === "wrong-partition" && one.producer === `by-${placement}`);
    expect(group?.culprit).toContain(`where ${placement} puts them`);
  }
  for (const source of ["quiz", "sandbox", "editor", "exercise-agent"]) {
    const producer = producers.find((one) => one.source === source && one.strays === 0);
    expect(producer?.placements[0]).toMatchObject({ placement: "fnv1a" });
    expect(producer?.placements[0]?.share).toBeGreaterThan(0.95);
  }
});
