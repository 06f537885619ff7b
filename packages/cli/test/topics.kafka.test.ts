import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { createKafkajsTopics, type TopicAdmin } from "@keyline/kafkajs";
import { canRun } from "@keyline/needs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Io } from "../src/index.js";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";

const contract = join(import.meta.dirname, "../../../asyncapi.yaml");

const legacy = `asyncapi: 3.1.0
info: { title: Parcels, version: 1.0.0 }
channels:
  legacy:
    address: parcel.legacy
    bindings: { kafka: { partitions: 2, replicas: 1, topicConfiguration: { retention.ms: 60000 } } }
    messages:
      Legacy:
        payload:
          schemaFormat: application/vnd.apache.avro;version=1.9.0
          schema: { type: record, name: Legacy, fields: [{ name: id, type: string }] }
`;

describe.skipIf(!(await canRun("kafka")))("topics, on a real broker", () => {
  let cluster: KafkaCluster | undefined;
  let admin: TopicAdmin | undefined;
  let cwd = "";
  beforeAll(async () => {
    cluster = await startKafka();
    admin = createKafkajsTopics({ brokers: cluster.brokers });
    cwd = await mkdtemp(join(tmpdir(), "keyline-topics-"));
    await copyFile(contract, join(cwd, "asyncapi.yaml"));
  }, 180_000);
  afterAll(async () => {
    await admin?.close();
    await cluster?.stop();
    await rm(cwd, { recursive: true, force: true });
  }, 60_000);

  const keyline = async (args: readonly string[], more: Partial<Io> = {}) => {
    const environment = { KAFKA_BROKERS: cluster?.brokers.join(",") ?? "" };
    const io = createTestIo(cwd, { environment, ...more });
    const code = await main(["topics", ...args], io);
    return { code, ...io.written };
  };
  const topic = async (name: string) => (await admin?.describe([name]))?.get(name);
  const edit = async (from: string, to: string) => {
    const file = join(cwd, "asyncapi.yaml");
    const text = await readFile(file, "utf8");
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
  };

  test("a plan changes nothing; --exit-code is 3 where there is something to do", async () => {
    const plan = await keyline(["plan", "--replicas", "1"]);
    expect(plan).toMatchObject({ code: 0, log: "" });
    expect(plan.out).toMatch(/^\+ create {2}learning\.query {2}12 partitions, 1 replica, cleanup\.policy=delete, /m);
    expect(plan.out).toMatch(/^\+ create {2}learning\.query\.dlq {2}12 partitions/m);
    expect(plan.out).toContain("22 to create, 0 to change, 0 refused");
    expect((await keyline(["plan", "--replicas", "1", "--exit-code"])).code).toBe(3);
    expect(await topic("learning.query")).toBeUndefined();
  });

  test("more replicas than brokers are refused with what to do", async () => {
    const { code, out } = await keyline(["apply", "--yes"]);
    expect(code).toBe(1);
    expect(out).toContain("3 replicas are wanted and the cluster has 1 broker");
    expect(out).toContain("pass --replicas 1");
    expect(await topic("learning.query")).toBeUndefined();
  });

  test("without a terminal and without --yes nothing is done; a no is a no", async () => {
    expect(await keyline(["apply", "--replicas", "1"])).toMatchObject({
      code: 2,
      log: expect.stringContaining("pass --yes"),
    });
    const asked: string[] = [];
    const confirm = async (question: string) => {
      asked.push(question);
      return false;
    };
    expect(await keyline(["apply", "--replicas", "1"], { confirm })).toMatchObject({ code: 1 });
    expect(asked).toEqual([expect.stringContaining("Apply 22 changes to 127.0.0.1:")]);
    expect(await topic("learning.query")).toBeUndefined();
  });

  test("applied once everything is there, with its settings, and a second time there is nothing to do", {
    timeout: 60_000,
  }, async () => {
    const applied = await keyline(["apply", "--replicas", "1", "--yes"]);
    expect(applied).toMatchObject({ code: 0, log: "" });
    expect(applied.out).toContain("created code.executed.dlq");
    expect(await topic("code.executed")).toMatchObject({
      partitions: 12,
      replicas: 1,
      config: expect.objectContaining({ "retention.ms": "1209600000", "cleanup.policy": "delete" }),
    });
    expect((await topic("code.executed.dlq"))?.partitions).toBe(12);
    const again = await keyline(["apply", "--replicas", "1"]);
    expect(again).toEqual({
      code: 0,
      log: "",
      out: "nothing to do: all 22 topics on the cluster are as the contract says\n",
    });
    expect((await keyline(["plan", "--replicas", "1", "--exit-code"])).code).toBe(0);
  });

  test("a setting that differs is set, and what an operator set beside it stays", async () => {
    await admin?.configure("learning.query", { "retention.ms": "5000", "segment.ms": "60000" });
    const plan = await keyline(["plan", "--replicas", "1", "--json"]);
    expect(JSON.parse(plan.out)).toEqual({
      version: 1,
      command: "topics plan",
      file: "asyncapi.yaml",
      topics: 22,
      summary: { create: 0, change: 1, refused: 0 },
      differences: [{ kind: "config", topic: "learning.query", name: "retention.ms", from: "5000", to: "1209600000" }],
    });
    let log = "";
    let beforeQuestion = "";
    const shown = await keyline(["apply", "--replicas", "1", "--json"], {
      log: (text) => {
        log += text;
      },
      confirm: async () => {
        beforeQuestion = log;
        return false;
      },
    });
    expect(shown).toMatchObject({ code: 1, out: "" });
    // What throws in an answer is an error of the command.
    expect(beforeQuestion).toContain("learning.query  retention.ms: 5000 -> 1209600000");
    const applied = await keyline(["apply", "--replicas", "1", "--yes", "--json"]);
    expect(JSON.parse(applied.out)).toMatchObject({
      done: ["set retention.ms=1209600000 on learning.query"],
      error: null,
    });
    const after = await topic("learning.query");
    expect(after?.config).toMatchObject({ "retention.ms": "1209600000", "segment.ms": "60000" });
    expect(after?.own).toContain("segment.ms");
  });

  test("the partition count of a keyed topic is refused, and the rest is done", async () => {
    await admin?.grow("learning.quiz", 13);
    await admin?.configure("learning.query", { "retention.ms": "5000" });
    const { code, out } = await keyline(["apply", "--replicas", "1", "--yes"]);
    expect(code).toBe(1);
    expect(out).toContain("! refused learning.quiz  it has 13 partitions, the contract says 12");
    expect(out).toContain("do: say 13 in the contract for every topic of the domain; or create a new version");
    expect(out).toContain("set retention.ms=1209600000 on learning.query");
    expect((await topic("learning.quiz"))?.partitions).toBe(13);
    expect((await keyline(["plan", "--replicas", "1", "--exit-code"])).code).toBe(3);
  });

  test("a topic that cannot be generated is created as the contract says, without dead letters", async () => {
    await writeFile(join(cwd, "legacy.yaml"), legacy);
    const applied = await keyline(["apply", "legacy.yaml", "--yes"]);
    expect(applied.code).toBe(0);
    expect(applied.out).toContain("created parcel.legacy");
    expect(await topic("parcel.legacy")).toMatchObject({
      partitions: 2,
      config: expect.objectContaining({ "retention.ms": "60000" }),
    });
    expect(await topic("parcel.legacy.dlq")).toBeUndefined();
    expect((await keyline(["plan", "legacy.yaml", "--exit-code"])).code).toBe(0);
  });

  test("a broken contract, no brokers and an unreachable one each say what is wrong", async () => {
    await edit("#/student_id", "#/pupil_id");
    expect(await keyline(["plan"])).toMatchObject({ code: 1, out: "", log: expect.stringContaining("key-unresolved") });
    await edit("#/pupil_id", "#/student_id");
    expect(await keyline(["plan"], { environment: {} })).toMatchObject({
      code: 2,
      log: expect.stringContaining("KAFKA_BROKERS"),
    });
    const away = await keyline(["plan", "--brokers", "127.0.0.1:1"]);
    expect(away).toMatchObject({ code: 1, out: "" });
    expect(away.log).toContain("127.0.0.1:1");
    expect((await keyline(["plan", "--replicas", "none"])).code).toBe(2);
  });
});
