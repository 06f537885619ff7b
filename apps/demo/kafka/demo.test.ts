import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../test/command.js";
import { readPage, startTeacherApp } from "./teacher-app.js";

const small = ["demo", "--kafka", "--students", "12", "--rate", "100", "--seconds", "3"];

describe.skipIf(!(await canRun("kafka")))("the demo on Apache Kafka and PostgreSQL", { timeout: 120_000 }, () => {
  let cluster: KafkaCluster | undefined;
  let postgres: PostgresServer | undefined;
  beforeAll(async () => {
    [cluster, postgres] = await Promise.all([startKafka(), startPostgres()]);
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await postgres?.stop();
  }, 60_000);

  it("makes the topics and verifies a class as ever; a second time it says that there is something already", async () => {
    const environment = { KAFKA_BROKERS: cluster?.brokers.join(","), DATABASE_URL: postgres?.url };
    const first = await runCommand(small, { environment });
    expect(first.stdout).toContain("22 topics made, 0 were there");
    expect(first.stdout).toContain("0 events out of order");
    expect(first.stdout).toContain("0 events applied twice");
    expect(first.stdout).toContain("everything matches the rules of the domain");
    expect(first.exitCode).toBe(0);
    const second = await runCommand(small, { environment });
    expect(second.stderr).toMatch(/the topics hold \d+ records .* give it a cluster and a database of its own/);
    expect(second.exitCode).toBe(1);
  });

  it("leaves a class that two copies of the teacher's app serve, each to its own readers", async () => {
    const environment = { KAFKA_BROKERS: cluster?.brokers.join(","), DATABASE_URL: postgres?.url };
    const copies = await Promise.all([startTeacherApp(environment), startTeacherApp(environment)]);
    try {
      const [one, other] = copies;
      const readers = [await readPage(one.url), await readPage(other.url)] as const;
      const [first] = readers;
      const open = first.students().flatMap(({ alerts }) => alerts.filter(({ seen }) => seen === null));
      expect(first.students().length).toBe(12);
      const [alert] = open;
      if (!alert) throw new Error("the class left no open alert");
      const owner = first.students().find(({ alerts }) => alerts.includes(alert));
      const answer = await fetch(`${one.url}/api/seen`, {
        method: "POST",
        headers: { origin: one.url, "content-type": "application/json" },
        body: JSON.stringify({ alerts: [alert.id] }),
      });
      expect(await answer.json()).toEqual({ open: 1 });
      for (const reader of readers) {
        await expect
          .poll(
            () =>
              reader.students().flatMap(({ alerts }) => alerts.find(({ id }) => id === alert.id)?.seen?.byYou ?? []),
            { timeout: 20_000 },
          )
          .toEqual([true]);
      }
      const timeline = await (await fetch(`${other.url}/api/students/${owner?.ref}/timeline`)).json();
      expect(timeline).toMatchObject({ ref: owner?.ref });
      const topics = (timeline as { events: { topic: string }[] }).events.map(({ topic }) => topic);
      expect(topics).toEqual(expect.arrayContaining(["code.executed", "struggle.detected", "struggle.resolved"]));
      // It serves its page before it has joined its group.
      await expect
        .poll(async () => (await fetch(`${other.health}/readyz`)).status, { timeout: 20_000, interval: 100 })
        .toBe(200);
      for (const reader of readers) reader.close();
      expect(await Promise.all(copies.map((copy) => copy.stop()))).toEqual([0, 0]);
    } finally {
      await Promise.all(copies.map((copy) => copy.stop()));
    }
  });

  it("starts a cluster and a database of its own where none is named, and leaves nothing running", async () => {
    const { exitCode, stdout } = await runCommand(small);
    expect(stdout).toContain("starting Apache Kafka (KAFKA_BROKERS names none)");
    expect(stdout).toContain("everything matches the rules of the domain");
    expect(exitCode).toBe(0);
  });
});
