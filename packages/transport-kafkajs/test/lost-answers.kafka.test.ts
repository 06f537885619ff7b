import { freePorts, type KafkaCluster, type LossyProxy, startKafka, startLossyProxy } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import type { KeylineError } from "@keyline/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestTransport, makeTopic, rawKafka, readAll, recordOf, until } from "./on-kafka.js";
import { tally } from "./tally.js";

const partitions = 6;
const each = Array.from({ length: partitions }, (_, partition) => partition);

describe.skipIf(!(await canRun("kafka")))("when the broker appends and its answer is lost", () => {
  let cluster: KafkaCluster | undefined;
  let proxy: LossyProxy | undefined;
  beforeAll(async () => {
    const [port = 0, brokerPort = 0] = await freePorts(2);
    // Clients find the broker where the proxy listens.
    proxy = await startLossyProxy(port, brokerPort);
    const settings = { "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}` };
    cluster = await startKafka({ port: brokerPort, settings });
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await proxy?.close();
  }, 60_000);

  const connection = () => {
    if (!proxy) throw new Error("no proxy");
    return { brokers: [`127.0.0.1:${proxy.port}`], link: proxy };
  };

  it("batches are retried in their place: nothing is lost, twice or out of order", { timeout: 120_000 }, async () => {
    const { brokers, link } = connection();
    const topic = await makeTopic(brokers, partitions);
    const transport = createTestTransport({ brokers });
    const producer = transport.createProducer();
    const acknowledged = new Set<string>();
    link.loseOneOf = 7;
    const before = link.lost();
    await Promise.all(
      each.map(async (partition) => {
        for (let n = 0; n < 300; ) {
          const events = Array.from({ length: 1 + (n % 3) }, () => `${partition}:${n++}`);
          await producer.append(topic, partition, events.map(recordOf));
          for (const event of events) acknowledged.add(event);
        }
      }),
    );
    link.loseOneOf = 0;
    const logs = await Promise.all(each.map((partition) => readAll(transport, topic, partition)));
    await transport.close();
    const found = tally(acknowledged, new Set(), logs);
    console.info(`${link.lost() - before} answers lost, ours:`, found);
    expect(link.lost() - before).toBeGreaterThan(10);
    expect(found).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0 });
    // What kafkajs forgets of a broker it does not close: a process would not end.
    await until(() => expect(link.open()).toBe(0));
  });

  it("a question that is under way while the transport closes leaves no connection behind", async () => {
    const { brokers, link } = connection();
    const topic = await makeTopic(brokers, 1);
    for (let round = 0; round < 10; round += 1) {
      const transport = createTestTransport({ brokers });
      if (round % 2 === 0) await transport.clusterId();
      const settled = Promise.allSettled([
        transport.logRanges([{ topic, partition: 0 }]),
        transport.partitionCounts([topic]),
      ]);
      await new Promise((done) => setTimeout(done, round));
      await transport.close();
      await settled;
    }
    await until(() => expect(link.open()).toBe(0));
  });

  it("kafkajs' own producer, sending in overlapping calls, loses or repeats events: this test can see", {
    timeout: 120_000,
  }, async () => {
    const { brokers, link } = connection();
    const topic = await makeTopic(brokers, 1);
    const producer = rawKafka(brokers).producer({ idempotent: true, createPartitioner: () => () => 0 });
    await producer.connect();
    const acknowledged = new Set<string>();
    await producer.send({ topic, messages: [{ value: "0:0" }] });
    acknowledged.add("0:0");
    link.loseOneOf = 7;
    const sends = Array.from({ length: 120 }, async (_, at) => {
      await new Promise((done) => setTimeout(done, at * 5));
      await producer.send({ topic, messages: [{ value: `0:${at + 1}` }] }).then(
        () => acknowledged.add(`0:${at + 1}`),
        () => undefined,
      );
    });
    await Promise.all(sends);
    link.loseOneOf = 0;
    await producer.disconnect();
    const transport = createTestTransport({ brokers });
    const found = tally(acknowledged, new Set(), [await readAll(transport, topic, 0)]);
    await transport.close();
    console.info("kafkajs' own producer:", found);
    expect(found.lost + found.duplicated + found.outOfOrder).toBeGreaterThan(0);
  });

  it("for longer than the time allowed, the outcome is unknown, and what comes next goes under another identity", {
    timeout: 60_000,
  }, async () => {
    const { brokers, link } = connection();
    const topic = await makeTopic(brokers, 1);
    const transport = createTestTransport({ brokers, deliveryTimeoutMs: 1500 });
    const producer = transport.createProducer();
    await producer.append(topic, 0, [recordOf("first")]);
    link.loseOneOf = 1;
    const lost = await producer.append(topic, 0, [recordOf("lost")]).catch((error: KeylineError) => error);
    expect(lost).toMatchObject({ code: "outcome_unknown", retryable: false });
    link.loseOneOf = 0;
    await producer.append(topic, 0, [recordOf("next")]);
    const log = await readAll(transport, topic, 0);
    await transport.close();
    expect(log.filter((text) => text === "next")).toEqual(["next"]);
    expect(log.filter((text) => text === "lost").length).toBeLessThan(2);
    expect(log.at(-1)).toBe("next");
  });
});
