import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drive } from "../src/drive.ts";
import { installExamples } from "../src/install.ts";
import { run } from "../src/run.ts";

describe.skipIf(!(await canRun("kafka")))("on Apache Kafka", () => {
  describe.each(["express"])("the example %s", (name) => {
    let folder = "";
    let cluster: KafkaCluster | undefined;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "keyline-on-kafka-"));
      cluster = await startKafka();
      await installExamples([name], { into: folder, hasTools: true });
      await run(join(folder, name), "npm", "run", "-s", "keyline:generate");
    }, 900_000);
    afterAll(async () => {
      await cluster?.stop();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    test("makes the topics, sends, and receives in order", async () => {
      const env = { KAFKA_BROKERS: cluster?.brokers.join(",") ?? "" };
      const applyTopics = ["topics", "apply", "--replicas", "1", "--yes", "--brokers", env.KAFKA_BROKERS];
      const applied = await run(join(folder, name), "npx", "keyline", ...applyTopics);
      expect(applied).toContain("order.placed.dlq");
      await drive(name, { folder, env });
    }, 300_000);
  });
});
