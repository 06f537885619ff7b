import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { createKafkajsTransport, kafkaOptionsFrom } from "@keyline/kafkajs";
import { canRun } from "@keyline/needs";
import { bindConsumer } from "@keyline/runtime/codegen";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import { laneOf, shopProducer, shopTopics, shopYaml } from "./shop.js";

describe.skipIf(!(await canRun("kafka")))("trace and doctor, on a real broker", () => {
  let cluster: KafkaCluster | undefined;
  let cwd = "";
  // Ten seconds pass before no answer counts as one: the other tests run meanwhile.
  let away: ReturnType<typeof statusOf> | undefined;

  beforeAll(async () => {
    cluster = await startKafka({
      users: { ada: "secret" },
      settings: {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
      },
    });
    cwd = await mkdtemp(join(tmpdir(), "keyline-proof-"));
    await writeFile(join(cwd, "asyncapi.yaml"), shopYaml);
    away = statusOf(["--brokers", "127.0.0.1:1"]);
  }, 180_000);
  afterAll(async () => {
    await away;
    await cluster?.stop();
    await rm(cwd, { recursive: true, force: true });
  }, 60_000);

  const brokers = () => [...(cluster?.brokers ?? [])];
  const asAda = () => ({
    ...{ KAFKA_BROKERS: cluster?.saslBrokers.join(",") ?? "", KAFKA_SASL_MECHANISM: "plain" },
    ...{ KAFKA_SASL_USERNAME: "ada", KAFKA_SASL_PASSWORD: "secret" },
  });
  const keyline = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const io = createTestIo(cwd, { environment: { KAFKA_BROKERS: brokers().join(","), ...environment } });
    const code = await main(args, io);
    return { code, ...io.written };
  };
  const statusOf = async (args: readonly string[] = [], environment = {}) => {
    const { code, out } = await keyline(["doctor", "--json", ...args], environment);
    const { checks } = JSON.parse(out) as { checks: { id: string; status: string; summary: string }[] };
    return { code, checks: Object.fromEntries(checks.map(({ id, status, summary }) => [id, `${status}: ${summary}`])) };
  };

  test("doctor says what to do one after the other, until nothing is left", { timeout: 90_000 }, async () => {
    const before = await statusOf();
    expect(before.code).toBe(3);
    expect(before.checks).toMatchObject({
      "doctor-contract": expect.stringMatching(/^ok: /),
      "doctor-generated": expect.stringMatching(/^todo: \d+ files differ/),
      "doctor-brokers": expect.stringMatching(/^ok: 1 broker \(127\.0\.0\.1:\d+\), Kafka 4\.1 or newer, cluster /),
      "doctor-topics": expect.stringMatching(/^todo: 6 of 6 are missing: order\.placed/),
      "doctor-partitions": expect.stringMatching(/^skipped: /),
      "doctor-database": expect.stringMatching(/^skipped: /),
    });
    await keyline(["generate"]);
    await keyline(["topics", "apply", "--replicas", "1", "--yes"]);
    const after = await statusOf(["--replicas", "1"]);
    expect(after.checks).toMatchObject({
      "doctor-generated": expect.stringMatching(/^ok: /),
      "doctor-topics": "ok: all 6 exist, including dead-letter topics",
      "doctor-partitions": "ok: every count is the contract's",
      "doctor-permissions": "ok: enough for 6 topics",
      "doctor-dead-letters": "ok: none waits",
    });
    expect(after.code).toBe(0);
  });

  test("doctor names the rights that a user lacks; trace shows the rest, and is not a clean verdict: 1", {
    timeout: 60_000,
  }, async () => {
    const producer = shopProducer(createKafkajsTransport({ brokers: brokers() }));
    await producer.send("placed", 42);
    await producer.send("paid", 42);
    await producer.close();
    const admin = new Kafka({ brokers: brokers(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const allow = (resourceName: string, operation: number) => ({
      ...{ resourceType: 2, resourceName, resourcePatternType: 3, principal: "User:ada", host: "*", operation },
      permissionType: 3,
    });
    // DESCRIBE on all, READ on one.
    await admin.createAcls({ acl: [{ ...allow("order.", 8), resourcePatternType: 4 }, allow("order.placed", 3)] });
    await admin.disconnect();
    await expect
      .poll(async () => (await statusOf([], asAda())).checks["doctor-permissions"], { timeout: 20_000 })
      .toMatch(/^todo: this user lacks WRITE on order\.placed, .*READ on order\.paid, order\.shipped/);
    // A user with all rights to topics and none to a group cannot consume.
    const receive = `
operations:
  receivePlaced:
    action: receive
    x-app: mailer
    channel: { $ref: "#/channels/placed" }
    bindings: { kafka: { groupId: { type: string, const: mailer }, bindingVersion: 0.5.0 } }
`;
    await writeFile(join(cwd, "mailer.yaml"), `${shopYaml}${receive}`);
    const asMailer = () => statusOf(["--contract", "mailer.yaml"], asAda());
    expect((await asMailer()).checks["doctor-permissions"]).toBe(
      "todo: this user lacks WRITE on order.placed.dlq; READ on the group mailer",
    );
    const denied = createKafkajsTransport(kafkaOptionsFrom(asAda()) ?? expect.fail());
    const consumer = bindConsumer(shopTopics)({
      transport: denied,
      groupId: "mailer",
      on: { placed: { placed: () => undefined } },
    });
    await expect(consumer.start()).rejects.toMatchObject({
      code: "transport_denied",
      message: expect.stringContaining("GROUP_AUTHORIZATION_FAILED"),
    });
    await denied.close();
    await admin.connect();
    const mailer = { ...allow("mailer", 3), resourceType: 3 };
    await admin.createAcls({ acl: [mailer, { ...allow("order.placed.dlq", 4) }] });
    await admin.disconnect();
    await expect
      .poll(async () => (await asMailer()).checks["doctor-permissions"], { timeout: 20_000 })
      .toBe("ok: enough for 4 topics and 1 group");
    const { code, out } = await keyline(["trace", "42", "--json", "--topic", "placed", "--topic", "paid"], asAda());
    const report = JSON.parse(out);
    expect(code).toBe(1);
    expect(report.events).toMatchObject([{ topic: "order.placed" }]);
    expect(report.notRead).toContainEqual(
      expect.objectContaining({ what: `order.paid/${laneOf(42)}`, code: "transport_denied" }),
    );
    const whole = await keyline(["trace", "42"]);
    expect(whole.code).toBe(0);
    expect(whole.out).toMatch(
      new RegExp(`order\\.paid/${laneOf(42)}@0 +paid +shop +after order\\.placed/${laneOf(42)}@0 \\+`),
    );
  });

  test("doctor finds a foreign group that reads several topics of the domain", { timeout: 60_000 }, async () => {
    const consumer = new Kafka({ brokers: brokers(), logLevel: logLevel.NOTHING }).consumer({
      ...{ groupId: "reports", maxWaitTimeInMs: 100 },
    });
    await consumer.connect();
    await consumer.subscribe({ topics: ["order.placed", "order.paid"] });
    await consumer.run({ eachMessage: async () => undefined });
    await expect
      .poll(async () => (await statusOf(["--replicas", "1"])).checks["doctor-groups"], { timeout: 30_000 })
      .toMatch(/^todo: reports \(RoundRobinAssigner\): several topics of a domain/);
    await consumer.disconnect();
  });

  test("unreachable brokers and a wrong password are checks that fail, with what to do", {
    timeout: 60_000,
  }, async () => {
    expect(await away).toMatchObject({
      code: 3,
      checks: { "doctor-brokers": expect.stringContaining("transport_unavailable") },
    });
    const refused = await statusOf([], { ...asAda(), KAFKA_SASL_PASSWORD: "wrong" });
    expect(refused.checks["doctor-brokers"]).toContain("transport_denied");
    expect(JSON.stringify(refused)).not.toContain('wrong"');
  });
});
