import { createClusters, fetchFrom, settingsOf, topicIds } from "@keyline/kafka/internal";
import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import type { Transport } from "@keyline/runtime/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memberOf } from "./members.js";
import { client, createTestTransport, deleteTopic, makeTopic, rawKafka, readAll, recordOf, until } from "./on-kafka.js";

const rounds = 6;
const before = Array.from({ length: 20 }, (_, n) => `old ${n}`);
const after = Array.from({ length: 30 }, (_, n) => `new ${n}`);

describe.skipIf(!(await canRun("kafka")))("a topic that is recreated under a reader", () => {
  let cluster: KafkaCluster | undefined;
  beforeAll(async () => {
    cluster = await startKafka({ settings: { "log.segment.delete.delay.ms": "100" } });
  }, 180_000);
  afterAll(() => cluster?.stop(), 60_000);

  const brokers = () => cluster?.brokers ?? [];
  const write = async (transport: Transport, topic: string, texts: readonly string[]) => {
    const producer = transport.createProducer();
    await producer.append(topic, 0, texts.map(recordOf));
    await producer.close();
  };

  /** Deletes the topic and makes another one of its name. */
  const remake = async (topic: string) => {
    await deleteTopic(brokers(), topic);
    const admin = rawKafka(brokers()).admin();
    await until(() => admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false }));
    await admin.disconnect();
  };

  it("ends it with log_replaced, also where the new log has grown beyond its position: nothing is passed over", {
    timeout: 180_000,
  }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const topic = await makeTopic(brokers(), 1);
      const other = await makeTopic(brokers(), 1);
      const writer = createTestTransport({ brokers: brokers() });
      await write(writer, topic, before);
      const transport = createTestTransport({ brokers: brokers(), heartbeatIntervalMs: 100, maxWaitMs: 20 });
      const groups = [{ name: "d", topics: [topic, other] }];
      const member = memberOf(transport, { groupId: `g-${topic}`, groups });
      await member.consumer.start();
      await until(() => expect(member.received).toEqual(before));
      await remake(topic);
      const again = createTestTransport({ brokers: brokers() });
      await write(again, topic, after);
      await write(again, other, ["beside it"]);
      await until(() => expect(member.failures).toHaveLength(1));
      expect(member.failures[0], `round ${round}`).toMatchObject({ code: "log_replaced" });
      expect(member.received.filter((text) => text.startsWith("new"))).toEqual([]);
      await Promise.all([writer, again, transport].map((one) => one.close()));
    }
  });

  it("ends those too that read partitions which the new one does not have, without a warning of Node", {
    timeout: 60_000,
  }, async () => {
    const warned: string[] = [];
    const onWarning = ({ name }: Error) => warned.push(name);
    process.on("warning", onWarning);
    // More than the eleven listeners of one emitter that Node warns of.
    const copies = 12;
    const topic = await makeTopic(brokers(), copies);
    const transports = Array.from({ length: copies }, () =>
      createTestTransport({ brokers: brokers(), heartbeatIntervalMs: 100 }),
    );
    const groups = [{ name: "d", topics: [topic] }];
    const members = transports.map((transport) => memberOf(transport, { groupId: `g-${topic}`, groups }));
    await Promise.all(members.map((member) => member.consumer.start()));
    await until(() => expect(members.map(({ owns }) => owns.size)).toEqual(Array(copies).fill(1)));
    await remake(topic);
    for (const { failures } of members) await until(() => expect(failures).toMatchObject([{ code: "log_replaced" }]));
    await Promise.all(transports.map((transport) => transport.close()));
    process.off("warning", onWarning);
    expect(warned).not.toContain("MaxListenersExceededWarning");
  });

  it("gives nothing to a fetch for the old one, also where a leader is too old to fetch by id", async () => {
    const topic = await makeTopic(brokers(), 1);
    const transport = createTestTransport({ brokers: brokers() });
    await write(transport, topic, before);
    const options = { brokers: brokers() };
    const clusters = createClusters(client, options, settingsOf(options));
    const opened = clusters.open([topic]);
    const ids = (await topicIds(opened, [topic])) ?? new Map<string, string>();
    const position = { topic, partition: 0, offset: 5 };
    const fetch = async (version: number) => {
      const newest = opened.broker(await opened.leaderOf(position));
      const isFetch = (apiKey: number) => apiKey === 1;
      const speaks: typeof newest.speaks = async (one) => !isFetch(one.apiKey) || one.apiVersion <= version;
      const leader = { ...newest, speaks };
      const [row] = await fetchFrom(leader, [position], {
        maxWaitMs: 20,
        maxBytesPerPartition: 100_000,
        maxUnpackedBytes: 1_000_000,
        ids,
      });
      return row;
    };
    for (const version of [13, 12]) expect(await fetch(version)).toMatchObject({ error: null, highWatermark: 20 });
    await remake(topic);
    await write(transport, topic, after);
    const refused = { batches: [], error: { type: "UNKNOWN_TOPIC_ID", topic, partition: 0 } };
    for (const version of [13, 12]) await until(async () => expect(await fetch(version)).toMatchObject(refused));
    clusters.destroy();
    await transport.close();
  });

  it("is written on by a producer that has written to the topic before: nothing is lost, and it says where each lies", {
    timeout: 60_000,
  }, async () => {
    const topic = await makeTopic(brokers(), 1);
    const transport = createTestTransport({ brokers: brokers() });
    const producer = transport.createProducer();
    await producer.append(topic, 0, before.map(recordOf));
    await remake(topic);
    const offsets: number[] = [];
    for (const text of after) offsets.push((await producer.append(topic, 0, [recordOf(text)])).offset);
    expect(offsets).toEqual(after.map((_, n) => n));
    expect(await readAll(transport, topic, 0)).toEqual(after);
    await producer.close();
    await transport.close();
  });

  it("is what it was to one that begins then", async () => {
    const topic = await makeTopic(brokers(), 1);
    const transport = createTestTransport({ brokers: brokers() });
    await write(transport, topic, before);
    await remake(topic);
    const again = createTestTransport({ brokers: brokers() });
    await write(again, topic, after);
    const member = memberOf(again, { groupId: `g-${topic}`, groups: [{ name: "d", topics: [topic] }] });
    await member.consumer.start();
    await until(() => expect(member.received).toEqual(after));
    expect(member.failures).toEqual([]);
    await Promise.all([transport.close(), again.close()]);
  });
});
