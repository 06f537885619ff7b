import { loadContract } from "@keyline/contract";
import { describe, expect, it } from "vitest";
import { planTopics } from "./plan.js";
import { type WantedTopic, wantedTopics } from "./wanted.js";

const topic = (more: Partial<WantedTopic> = {}): WantedTopic => ({
  name: "code.executed",
  partitions: 12,
  replicas: 3,
  config: { "retention.ms": "1000" },
  keyed: true,
  deadLettersOf: null,
  ...more,
});
const found = { partitions: 12, replicas: 3, config: { "retention.ms": "1000", "segment.ms": "7" } };
const plan = (wanted: WantedTopic, there: object | null = null, brokers = 3) =>
  planTopics([wanted], new Map(there ? [[wanted.name, { ...found, ...there }]] : []), brokers);

describe("the plan for a topic", () => {
  it("that is as it should be is empty, whatever else the cluster has set", () => {
    expect(plan(topic(), {})).toEqual([]);
    expect(plan(topic({ partitions: null, replicas: null }), { partitions: 5, replicas: 1 })).toEqual([]);
  });

  it("that is missing makes it", () => {
    expect(plan(topic())).toMatchObject([{ kind: "create", topic: "code.executed", partitions: 12, replicas: 3 }]);
  });

  it("with other settings sets those of the contract alone", () => {
    expect(plan(topic(), { config: { "retention.ms": "5", "segment.ms": "7" } })).toEqual([
      { kind: "config", topic: "code.executed", name: "retention.ms", from: "5", to: "1000" },
    ]);
  });

  it("takes a list in another order for the same", () => {
    const config = { "cleanup.policy": "delete,compact" };
    expect(plan(topic({ config }), { config: { "cleanup.policy": "compact,delete" } })).toEqual([]);
  });

  it.each([6, 24])("that is keyed never changes %i partitions, and says why and what to do", (partitions) => {
    expect(plan(topic(), { partitions })).toEqual([
      {
        kind: "refused",
        topic: "code.executed",
        what: "partitions",
        reason: expect.stringContaining("their order is lost"),
        todo: expect.stringContaining(`say ${partitions} in the contract`),
      },
    ]);
  });

  it("that is not keyed grows, and does not shrink", () => {
    expect(plan(topic({ keyed: false }), { partitions: 6 })).toMatchObject([{ kind: "grow", from: 6, to: 12 }]);
    expect(plan(topic({ keyed: false }), { partitions: 24 })).toMatchObject([{ kind: "refused", what: "partitions" }]);
  });

  it("that takes dead letters has as many partitions as its source will have, whatever the contract says", () => {
    const source = topic({ config: { "max.message.bytes": "1000000" } });
    const letters = topic({ name: "code.executed.dlq", keyed: false, deadLettersOf: source.name, config: {} });
    const at = (sourceHas: number | null, lettersHas: number | null, keyed = true) => {
      const there = [[source.name, sourceHas] as const, [letters.name, lettersHas] as const].flatMap(
        ([name, partitions]) =>
          partitions === null
            ? []
            : [[name, { ...found, partitions, config: { "max.message.bytes": "2000000" } }] as const],
      );
      const all = planTopics([{ ...source, keyed }, letters], new Map(there), 3);
      return all.filter((one) => one.topic === letters.name);
    };
    expect(at(3, 3)).toEqual([]);
    expect(at(3, null)).toMatchObject([{ kind: "create", partitions: 3 }]);
    expect(at(null, null)).toMatchObject([{ kind: "create", partitions: 12 }]);
    expect(at(6, 6, false)).toMatchObject([{ kind: "grow", from: 6, to: 12 }]);
    expect(at(12, 6)).toMatchObject([{ kind: "grow", from: 6, to: 12 }]);
    expect(at(3, 12)).toMatchObject([
      { kind: "refused", what: "partitions", reason: expect.stringContaining("code.executed has 3") },
    ]);
  });

  it("that takes dead letters has room for more than its source, and may have more than that", () => {
    const source = topic({ config: {} });
    const letters = topic({ name: "code.executed.dlq", keyed: false, deadLettersOf: source.name, config: {} });
    const at = (wanted: string | null, sourceHas: string | null, lettersHas: string | null) => {
      const limit = (bytes: string | null) => (bytes === null ? {} : { "max.message.bytes": bytes });
      const there = [[source.name, sourceHas] as const, [letters.name, lettersHas] as const].flatMap(([name, bytes]) =>
        bytes === null ? [] : [[name, { ...found, config: limit(bytes) }] as const],
      );
      const all = planTopics([{ ...source, config: limit(wanted) }, letters], new Map(there), 3);
      return all.filter((one) => one.topic === letters.name);
    };
    expect(at(null, null, null)).toMatchObject([{ kind: "create", config: { "max.message.bytes": "1064972" } }]);
    expect(at("5000", null, null)).toMatchObject([{ kind: "create", config: { "max.message.bytes": "21384" } }]);
    expect(at(null, "2000000", "1048588")).toEqual([
      { kind: "config", topic: letters.name, name: "max.message.bytes", from: "1048588", to: "2016384" },
    ]);
    expect(at("5000", "5000", "21384")).toEqual([]);
    expect(at("5000", "5000", "30000")).toEqual([]);
  });

  it("with other replicas is left to the operator", () => {
    expect(plan(topic(), { replicas: 1 })).toMatchObject([{ kind: "refused", what: "replicas" }]);
  });

  it("on too few brokers is refused, and so is one that nothing could be written to", () => {
    expect(plan(topic(), null, 1)).toMatchObject(
      [{ kind: "refused", what: "replicas", todo: /--replicas 1/ }].map(asMatcher),
    );
    const config = { "min.insync.replicas": "4" };
    expect(plan(topic({ config }))).toMatchObject([{ kind: "refused", what: "min.insync.replicas" }]);
  });
});

const asMatcher = <T extends { todo: RegExp }>(one: T) => ({ ...one, todo: expect.stringMatching(one.todo) });

describe("the topics of a contract", () => {
  const contract = async (text: string) => {
    const loaded = await loadContract("asyncapi.yaml", { readFile: async () => text });
    if (!loaded.contract) throw new Error(JSON.stringify(loaded.diagnostics));
    return loaded.contract;
  };
  const yaml = (kafka: string) => `asyncapi: 3.0.0
info: { title: T, version: 1.0.0 }
channels:
  runs:
    address: runs
    messages: { run: { payload: { type: object, properties: { id: { type: string } }, required: [id] } } }
    bindings: { kafka: ${kafka} }
x-ordering: { ids: { key: "$message.payload#/id", partitioner: murmur2 } }
`;

  it("come with their dead-letter topics, of the same partition count, kept for thirty days at least", async () => {
    const kafka =
      "{ partitions: 6, replicas: 3, topicConfiguration: { retention.ms: 1000, cleanup.policy: [delete, compact], min.insync.replicas: 2 } }";
    expect(wantedTopics(await contract(yaml(kafka)), null)).toEqual([
      {
        name: "runs",
        partitions: 6,
        replicas: 3,
        config: { "retention.ms": "1000", "cleanup.policy": "delete,compact", "min.insync.replicas": "2" },
        keyed: true,
        deadLettersOf: null,
      },
      {
        name: "runs.dlq",
        partitions: 6,
        replicas: 3,
        config: { "min.insync.replicas": "2", "retention.ms": "2592000000" },
        keyed: false,
        deadLettersOf: "runs",
      },
    ]);
  });

  it("on a small cluster have fewer replicas, and as many of them in sync at most", async () => {
    const kafka = "{ partitions: 6, replicas: 3, topicConfiguration: { min.insync.replicas: 2 } }";
    const wanted = wantedTopics(await contract(yaml(kafka)), 1);
    expect(wanted.map(({ replicas, config }) => [replicas, config["min.insync.replicas"]])).toEqual([
      [1, "1"],
      [1, "1"],
    ]);
  });

  it("keep dead letters as long as their source where that is longer, or for ever", async () => {
    for (const [given, kept] of [
      ["9000000000", "9000000000"],
      ["-1", "-1"],
    ]) {
      const wanted = wantedTopics(
        await contract(yaml(`{ partitions: 6, topicConfiguration: { retention.ms: ${given} } }`)),
        null,
      );
      expect(wanted[1]?.config["retention.ms"]).toBe(kept);
    }
  });
});
