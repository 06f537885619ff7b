import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadContract } from "@keyline/contract";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { createPostgresStore } from "@keyline/postgres";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { groupNeeds, type Needs, topicNeeds } from "../src/doctor/cluster.js";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const readers = ["progress", "struggle", "teacher"] as const;
/** Whose events the classroom publishes. */
const played = ["chat", "tutor", "quiz", "editor", "sandbox", "reviewer", "exercise"];
const password = "a password of some length";
const userOf = (name: string) => ({
  ...{ KAFKA_SASL_MECHANISM: "scram-sha-256", KAFKA_SASL_USERNAME: name, KAFKA_SASL_PASSWORD: password },
});

/** As Kafka's protocol numbers them. */
const kinds = { topic: 2, group: 3 } as const;
const operations: Readonly<Record<string, number>> = { read: 3, write: 4, describe: 8 };

describe.skipIf(!(await canRun("kafka")))("apps with the rights that doctor asks for, and no others", () => {
  let cluster: KafkaCluster | undefined;
  let postgres: PostgresServer | undefined;
  beforeAll(async () => {
    const users = Object.fromEntries([...readers, "classroom", "stranger"].map((name) => [name, password]));
    const settings = {
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": "User:ANONYMOUS",
    };
    [cluster, postgres] = await Promise.all([startKafka({ users, settings }), startPostgres()]);
    await keyline(["topics", "apply", "--replicas", "1", "--yes"], { KAFKA_BROKERS: cluster.brokers.join() });
  }, 180_000);
  const running: ChildProcess[] = [];
  afterAll(async () => {
    for (const child of running) child.kill("SIGKILL");
    await Promise.all([cluster?.stop(), postgres?.stop()]);
  }, 60_000);

  const keyline = async (args: readonly string[], environment: Readonly<Record<string, string>>) => {
    const io = createTestIo(root, { environment });
    return { code: await main(args, io), ...io.written };
  };
  const doctor = async (name: string, app: string) => {
    const environment = { KAFKA_BROKERS: cluster?.saslBrokers.join() ?? "", ...userOf(name) };
    const { out } = await keyline(["doctor", "--json", "--replicas", "1", "--app", app], environment);
    const { checks } = JSON.parse(out) as { checks: readonly { id: string; summary: string; todo: string | null }[] };
    return Object.fromEntries(checks.map(({ id, summary, todo }) => [id, `${summary}${todo ? `: ${todo}` : ""}`]));
  };

  async function grant(name: string, apps: readonly string[]): Promise<void> {
    const { contract } = await loadContract(`${root}asyncapi.yaml`);
    if (!contract) throw new Error("the contract does not load");
    const ruleOf = (kind: keyof typeof kinds) => (needs: Needs) =>
      [...needs].flatMap(([resourceName, rights]) =>
        rights.map((right) => ({
          ...{ resourceType: kinds[kind], resourceName, resourcePatternType: 3 },
          ...{ principal: `User:${name}`, host: "*", operation: operations[right] ?? 0, permissionType: 3 },
        })),
      );
    const acl = apps.flatMap((app) => [
      ...ruleOf("topic")(topicNeeds(contract, app)),
      ...ruleOf("group")(groupNeeds(contract, app)),
    ]);
    const admin = new Kafka({ brokers: [...(cluster?.brokers ?? [])], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createAcls({ acl });
    await admin.disconnect();
  }

  function start(app: string, more: NodeJS.ProcessEnv = {}) {
    const env = {
      ...{ PATH: process.env.PATH, DATABASE_URL: postgres?.url, KAFKA_BROKERS: cluster?.saslBrokers.join() },
      ...{ ...userOf(app), ...more },
    };
    const child = spawn(process.execPath, [`${root}apps/${app}/dist/main.js`], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.push(child);
    const seen = { log: "" };
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (seen.log += text));
    return { seen, ended: new Promise((resolve) => child.on("exit", resolve)) };
  }

  test("progress, struggle, teacher and the classroom do their work", { timeout: 120_000 }, async () => {
    for (const name of readers) await grant(name, [name]);
    await grant("classroom", played);
    for (const name of readers)
      await expect
        .poll(async () => (await doctor(name, name))["doctor-permissions"], { timeout: 20_000 })
        .toMatch(/^enough for \d+ topics and 1 group$/);
    const apps = readers.map((name) => ({ name, ...start(name) }));
    const publishing = start("classroom", { STUDENTS: "12", RATE: "100", SECONDS: "5" });
    expect([await publishing.ended, publishing.seen.log]).toEqual([0, expect.stringContaining(" 0 failed")]);
    const store = createPostgresStore({ url: postgres?.url ?? "" });
    const applied = async () =>
      (await store.sql<{ app: string }>("select distinct app from keyline.states order by app")).map(({ app }) => app);
    await expect.poll(applied, { timeout: 60_000 }).toEqual([...readers].sort());
    await store.close();
    for (const { name, seen } of apps) expect([name, seen.log]).not.toEqual([name, expect.stringMatching(/denied/i)]);
  });

  test("one without rights is told which, by doctor and by the app that ends", { timeout: 60_000 }, async () => {
    const told = await doctor("stranger", "progress");
    expect(told["doctor-topics"]).toContain("DESCRIBE");
    expect(told["doctor-permissions"]).toContain("this user lacks");
    const { seen, ended } = start("progress", userOf("stranger"));
    expect(await ended).toBe(1);
    expect(seen.log).toMatch(
      /progress stopped: .*TOPIC_AUTHORIZATION_FAILED for .*(learning|code|exercise)\..* DESCRIBE/,
    );
  });
});
