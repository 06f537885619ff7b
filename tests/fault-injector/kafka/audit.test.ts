import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { createKafkajsTopics, createKafkajsTransport } from "@keyline/kafkajs";
import { canRun } from "@keyline/needs";
import kafkajs from "kafkajs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { kafkajsProducers } from "../src/foreign/kafkajs.js";
import { foreignProducers } from "../src/foreign/producers.js";
import { strayPlacements } from "../src/index.js";
import { prove, runKeyline } from "../src/prove.js";

const { Kafka, logLevel } = kafkajs;

const all = [...foreignProducers, ...kafkajsProducers];
const there = await Promise.all(all.map(({ need }) => need === undefined || canRun(need)));
const foreign = all.filter((_, index) => there[index]);

/** What the command may take, beside the table of ids, of which 60,000 fill 5 MB. */
const memoryBound = 400e6;

describe.skipIf(!(await canRun("kafka")))("keyline audit, on a real broker that many producers have written to", () => {
  let cluster: KafkaCluster | undefined;
  // Ten seconds pass before no answer counts as one: the other tests run meanwhile.
  let away: ReturnType<typeof runKeyline> | undefined;
  beforeAll(async () => {
    away = runKeyline("audit", ["--brokers", "127.0.0.1:1"]);
    cluster = await startKafka();
  }, 180_000);
  afterAll(() => Promise.all([cluster?.stop(), away]), 60_000);

  it("finds every fault and nothing else, and names each producer's partitioner", { timeout: 480_000 }, async () => {
    const { scores, output, exitCode } = await prove({
      ...{ broker: cluster?.brokers[0] ?? "", seed: 6, records: 50_000, rate: 0.001, students: 5000 },
      ...{ sdkEvents: 4000, foreign, foreignEvents: 1000, say: () => undefined },
    });
    for (const { kind, wrong, missed } of scores)
      expect({ kind, wrong, missed }).toEqual({ kind, wrong: [], missed: [] });
    expect(scores.length).toBeGreaterThan(15);
    expect(scores.every(({ injected }) => injected >= 40)).toBe(true);
    expect({ exitCode, complete: output.complete }).toEqual({ exitCode: 3, complete: true });
    const { producers } = output.records;
    for (const { name, partitioner } of foreign) {
      const producer = producers.find(({ source }) => source === name);
      expect({ name, by: producer?.placements[0]?.placement }).toEqual({ name, by: partitioner });
      expect(producer?.placements[0]?.confidence).toBeGreaterThan(0.99);
    }
    for (const placement of strayPlacements) {
      const producer = producers.find(({ source }) => source === `by-${placement}`);
      expect(producer?.placements[0]).toMatchObject({ placement });
    }
    expect(output.peakMemoryBytes).toBeLessThan(memoryBound);
  });

  const audit = async (...args: readonly string[]) => {
    const { exitCode, stdout } = await runKeyline("audit", [...connected(), "--replicas", "1", "--json", ...args]);
    return { exitCode, report: JSON.parse(stdout) };
  };
  const connected = () => ["--brokers", cluster?.brokers[0] ?? ""];

  it("says which lanes a group splits over its members, and how far behind one is", { timeout: 120_000 }, async () => {
    const kafka = new Kafka({ brokers: [...(cluster?.brokers ?? [])], logLevel: logLevel.NOTHING });
    // A member hears of a rebalance by its heartbeat: one that is as long as the rebalance may take comes too late for it.
    const settings = { groupId: "round-robin", rebalanceTimeout: 10_000, heartbeatInterval: 300, maxWaitTimeInMs: 100 };
    const members = Array.from({ length: 5 }, () => kafka.consumer(settings));
    await Promise.all(
      members.map(async (member) => {
        await member.connect();
        await member.subscribe({ topics: ["learning.quiz", "code.submitted", "code.executed"], fromBeginning: true });
        await member.run({ autoCommit: false, eachBatch: async () => undefined });
      }),
    );
    const admin = kafka.admin();
    const partitions = [{ partition: 3, offset: "0" }];
    await admin.setOffsets({ groupId: "laggard", topic: "code.executed", partitions });
    const [, , , third] = await admin.fetchTopicOffsets("code.executed").then((all) => all.toSorted(byPartition));
    await admin.disconnect();
    const groupsOf = async () => (await audit("--topic", "learning.response")).report.cluster;
    const found = await vi.waitFor(
      async () => {
        const seen = await groupsOf();
        const group = seen.groups.find(({ groupId }: { groupId: string }) => groupId === "round-robin");
        expect(group).toMatchObject({ state: "Stable", assignor: "RoundRobinAssigner", members: 5, unread: [] });
        return seen;
      },
      { timeout: 60_000, interval: 500 },
    );
    const [laggard, split] = found.groups;
    expect(split.splitLanes).toHaveLength(12);
    expect(split.splitLanes).toContain("students/3");
    expect(laggard).toMatchObject({ groupId: "laggard", state: "Empty", members: 0, lagRecords: Number(third?.high) });
    expect(laggard.lagSeconds).toBeGreaterThan(10);
    const about = found.findings.filter(({ kind }: { kind: string }) => kind !== "retention-short");
    expect(about.map(({ kind, subject }: { kind: string; subject: string }) => [kind, subject])).toEqual([
      ["split-lanes", "round-robin"],
    ]);
    await Promise.all(members.map((member) => member.disconnect()));
  });

  it("reads a record of 10 MB", { timeout: 60_000 }, async () => {
    const brokers = cluster?.brokers ?? [];
    const admin = createKafkajsTopics({ brokers });
    await admin.configure("learning.response", { "max.message.bytes": "12000000" });
    await admin.close();
    const transport = createKafkajsTransport({ brokers, maxBatchBytes: 11_000_000 });
    const key = Buffer.from("1");
    const value = Buffer.from(JSON.stringify({ student_id: 1, filler: "x".repeat(10_000_000) }));
    await transport
      .createProducer()
      .append("learning.response", 0, [{ key, value, headers: [], timestampMs: Date.now() }]);
    await transport.close();
    const { exitCode, report } = await audit("--topic", "learning.response");
    expect({ exitCode, complete: report.complete, records: report.records.records }).toEqual({
      ...{ exitCode: 3, complete: true, records: 1 },
    });
    expect(report.records.groups.map(({ kind }: { kind: string }) => kind).sort()).toContain("payload-invalid");
  });

  it("Ctrl-C ends following with what was found until then, and 130", { timeout: 60_000 }, async () => {
    const args = [...connected(), "--follow", "--every", "1", "--topic", "exercise.completed"];
    const { exitCode, stdout } = await runKeyline("audit", args, (log, interrupt) => {
      const [, url] = /metrics: (\S+)/.exec(log) ?? [];
      if (!url) return;
      void vi
        .waitFor(async () => expect(await (await fetch(url)).text()).toContain("keyline_audit_up 1"), {
          timeout: 40_000,
        })
        .finally(interrupt);
    });
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/interrupted: [\d,]+ findings/);
  });

  it("keyline skew finds what is written most", { timeout: 60_000 }, async () => {
    const { exitCode, stdout } = await runKeyline("skew", [...connected(), "--json", "--top", "3"]);
    const report = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ complete: true, errorBound: 0 });
    expect(report.records).toBeGreaterThan(50_000);
    expect(report.lanes).toHaveLength(12);
    expect(report.peakMemoryBytes).toBeLessThan(memoryBound);
  });

  it("a cluster that cannot be reached is reported, and does not count as clean: 1", { timeout: 60_000 }, async () => {
    const { exitCode, stdout, stderr } = (await away) ?? {};
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("127.0.0.1:1");
  });
});

const byPartition = (one: { partition: number }, other: { partition: number }) => one.partition - other.partition;
