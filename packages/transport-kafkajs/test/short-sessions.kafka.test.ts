import { setTimeout as sleep } from "node:timers/promises";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memberOf } from "./members.js";
import { createTestTransport, makeTopic, recordOf, until } from "./on-kafka.js";

const password = "s3cret-words";
const sessionMs = 3000;

describe.skipIf(!(await canRun("kafka")))("where a login lasts for three seconds", () => {
  let cluster: KafkaCluster | undefined;
  beforeAll(async () => {
    const settings = { "connections.max.reauth.ms": String(sessionMs) };
    cluster = await startKafka({ users: { alice: password }, settings });
  }, 180_000);
  afterAll(() => cluster?.stop(), 60_000);

  it("writers and readers log in again in time", async () => {
    const topic = await makeTopic(cluster?.brokers ?? [], 1);
    const transport = createTestTransport({
      brokers: cluster?.saslBrokers ?? [],
      sasl: { mechanism: "scram-sha-256", username: "alice", password },
      ...{ heartbeatIntervalMs: 200, sessionTimeoutMs: 6000 },
    });
    const member = memberOf(transport, { groupId: `g-${topic}`, groups: [{ name: "d", topics: [topic] }] });
    await member.consumer.start();
    const producer = transport.createProducer();
    const sent: string[] = [];
    const startedAtMs = performance.now();
    let slowestMs = 0;
    while (performance.now() - startedAtMs < 2 * sessionMs) {
      const text = `event ${sent.length}`;
      const calledAtMs = performance.now();
      await producer.append(topic, 0, [recordOf(text)]);
      slowestMs = Math.max(slowestMs, performance.now() - calledAtMs);
      sent.push(text);
      await sleep(50);
    }
    await until(() => expect(member.received).toEqual(sent));
    // A pause longer than a session: the broker would close the connection at the first request that is no login.
    await sleep(sessionMs + 500);
    await producer.append(topic, 0, [recordOf("after a pause")]);
    await until(() => expect(member.received.at(-1)).toBe("after a pause"));
    expect([member.failures, member.told]).toEqual([[], ["assigned 1"]]);
    expect(slowestMs).toBeLessThan(sessionMs);
    await transport.close();
  }, 60_000);
});
