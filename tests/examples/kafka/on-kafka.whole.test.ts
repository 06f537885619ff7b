import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drive } from "../src/drive.ts";
import { installExamples } from "../src/install.ts";
import { run } from "../src/run.ts";

describe.skipIf(!(await canRun("kafka")))("on Apache Kafka, and PostgreSQL where it has a database", () => {
  describe.each(["express", "fastify"])("the example %s", (name) => {
    let folder = "";
    let cluster: KafkaCluster | undefined;
    let postgres: PostgresServer | undefined;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "keyline-on-kafka-"));
      cluster = await startKafka();
      if (name === "fastify") postgres = await startPostgres();
      await installExamples([name], { into: folder, hasTools: true });
      await run(join(folder, name), "npm", "run", "-s", "keyline:generate");
    }, 900_000);
    afterAll(async () => {
      await postgres?.stop();
      await cluster?.stop();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    test("makes the topics, sends, and receives in order", async () => {
      const kafka = { KAFKA_BROKERS: cluster?.brokers.join(",") ?? "" };
      const env = postgres ? { ...kafka, DATABASE_URL: postgres.url } : kafka;
      const applyTopics = ["topics", "apply", "--replicas", "1", "--yes", "--brokers", kafka.KAFKA_BROKERS];
      const applied = await run(join(folder, name), "npx", "keyline", ...applyTopics);
      expect(applied).toContain("order.placed.dlq");
      await drive(name, { folder, env });
    }, 300_000);
  });
});
