import type { KafkaOptions } from "@keyline/kafka";
import {
  type Broker,
  createClusters,
  createKafkaConsumer,
  latest,
  leadersOf,
  listOffsetsRequest,
  settingsOf,
} from "@keyline/kafka/internal";
import { certificates, type KafkaCluster, runTool, startKafka } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import type { KeylineError } from "@keyline/runtime";
import type { Transport, TransportConsumerOptions } from "@keyline/runtime/transport";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type KafkajsOptions, kafkaOptionsFrom } from "../src/index.js";
import { memberOf } from "./members.js";
import {
  client,
  createTestTransport,
  deleteTopic,
  makeTopic,
  rawKafka,
  readAll,
  recordOf,
  textOf,
  until,
} from "./on-kafka.js";

const password = "s3cret-words";
const quick = { heartbeatIntervalMs: 100, sessionTimeoutMs: 3000, rebalanceTimeoutMs: 3000 };

describe.skipIf(!(await canRun("kafka")))("on one broker", () => {
  let cluster: KafkaCluster | undefined;
  const transports: Transport[] = [];
  beforeAll(async () => {
    // One that was killed may register again once its session is over.
    cluster = await startKafka({ users: { alice: password }, tls: true, brokerSessionTimeoutMs: 4000 });
  }, 180_000);
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
  });
  afterAll(() => cluster?.stop(), 60_000);

  const brokers = () => cluster?.brokers ?? [];
  const connect = (options: Partial<KafkajsOptions> = {}) => {
    const transport = createTestTransport({ brokers: brokers(), ...quick, ...options });
    transports.push(transport);
    return transport;
  };
  const groupId = () => `group-${crypto.randomUUID()}`;
  const writeTo = async (transport: Transport, topic: string, partition: number, ...texts: string[]) => {
    const producer = transport.createProducer();
    const { offset } = await producer.append(topic, partition, texts.map(recordOf));
    await producer.close();
    return offset;
  };

  describe("writing", () => {
    it.each(["none", "gzip", "snappy", "lz4", "zstd"] as const)(
      "%s is written, and read by Kafka's own tool",
      async (compression) => {
        const topic = await makeTopic(brokers(), 1);
        const transport = connect({ compression });
        await writeTo(transport, topic, 0, "one", "two".repeat(1000), "three");
        expect(await readAll(transport, topic, 0)).toEqual(["one", "two".repeat(1000), "three"]);
        const printed = await runTool("org.apache.kafka.tools.consumer.ConsoleConsumer", [
          ...["--bootstrap-server", brokers().join(), "--topic", topic, "--partition", "0"],
          ...["--offset", "earliest", "--max-messages", "3"],
        ]);
        expect(printed.split("\n").slice(0, 3)).toEqual(["one", "two".repeat(1000), "three"]);
      },
    );

    it.each(["gzip", "snappy", "lz4", "zstd"])("what Kafka's own client compresses with %s is read", async (codec) => {
      const topic = await makeTopic(brokers(), 1);
      const lines = Array.from({ length: 2000 }, (_, n) => `line ${n} ${"again ".repeat(20)}`);
      await runTool(
        "org.apache.kafka.tools.ConsoleProducer",
        ["--bootstrap-server", brokers().join(), "--topic", topic, "--compression-codec", codec],
        `${lines.join("\n")}\n`,
      );
      expect(await readAll(connect(), topic, 0)).toEqual(lines);
    });

    it("partitions in one request keep their own offsets, and one that is refused takes no other along", async () => {
      const [topic, small] = await Promise.all([
        makeTopic(brokers(), 6),
        makeTopic(brokers(), 1, { "max.message.bytes": "500" }),
      ]);
      const transport = connect();
      const producer = transport.createProducer();
      await producer.append(topic, 3, [recordOf("first")]);
      const refused = producer.append(small, 0, [recordOf("x".repeat(2000))]);
      const written = [0, 1, 2, 3, 4, 5].map((partition) => producer.append(topic, partition, [recordOf("next")]));
      await expect(refused).rejects.toMatchObject({ code: "record_too_large", retryable: false });
      expect((await Promise.all(written)).map(({ offset }) => offset)).toEqual([0, 0, 0, 1, 0, 0]);
      expect(await producer.append(small, 0, [recordOf("small")])).toEqual({ offset: 0 });
      expect(await readAll(transport, topic, 3)).toEqual(["first", "next"]);
    });

    it("a batch above the limit is refused before it is sent", async () => {
      const producer = connect({ maxBatchBytes: 100 }).createProducer();
      const sent = producer.append("nowhere", 0, [recordOf("x".repeat(101))]);
      await expect(sent).rejects.toMatchObject({ code: "record_too_large" });
    });

    it("a topic that is not there is unknown, and is not made", async () => {
      const transport = connect();
      const sent = transport.createProducer().append("never-made", 0, [recordOf("x")]);
      await expect(sent).rejects.toMatchObject({ code: "topic_unknown", retryable: false });
      expect(await transport.partitionCounts(["never-made"])).toEqual(new Map());
    });
  });

  it("a topic that is deleted after it was used spoils nothing that has to do with others", async () => {
    const [old, used] = await Promise.all([makeTopic(brokers(), 1), makeTopic(brokers(), 1)]);
    const transport = connect();
    const producer = transport.createProducer();
    for (const topic of [old, used]) {
      await producer.append(topic, 0, [recordOf("one")]);
      expect(await readAll(transport, topic, 0)).toEqual(["one"]);
    }
    await deleteTopic(brokers(), old);
    const made = await makeTopic(brokers(), 1);
    for (const topic of [made, used]) {
      await producer.append(topic, 0, [recordOf("two")]);
      expect((await readAll(transport, topic, 0)).at(-1)).toBe("two");
    }
    expect(await transport.partitionCounts([old, used, made])).toEqual(
      new Map([
        [used, 1],
        [made, 1],
      ]),
    );
    const gone = { topic: old, partition: 0 };
    await expect(transport.logRanges([gone])).rejects.toMatchObject({ code: "topic_unknown" });
    expect(await transport.logRanges([{ topic: made, partition: 0 }])).toEqual([{ start: 0, end: 1 }]);
    await producer.close();
  });

  it("tells how long records are kept, of the topic that keeps them longest, and a session's time", async () => {
    const [day, week, compacted] = await Promise.all([
      makeTopic(brokers(), 1, { "retention.ms": "86400000" }),
      makeTopic(brokers(), 1),
      makeTopic(brokers(), 1, { "cleanup.policy": "compact", "retention.ms": "86400000" }),
    ]);
    const transport = connect();
    expect(await transport.retentionMs([day])).toBe(86_400_000);
    expect(await transport.retentionMs([day, week])).toBe(7 * 86_400_000);
    expect(await transport.retentionMs([day, compacted])).toBe(Number.POSITIVE_INFINITY);
    expect(transport.sessionTimeoutMs).toBe(quick.sessionTimeoutMs);
  });

  describe("reading without a group", () => {
    it("gives what lies between two offsets, and leaves no group behind", async () => {
      const topic = await makeTopic(brokers(), 1);
      const transport = connect();
      await writeTo(transport, topic, 0, "0", "1", "2", "3");
      const found: string[] = [];
      for await (const batch of transport.read({ topic, partition: 0 }, { from: 1, to: 3 }))
        found.push(...batch.records.map(textOf));
      expect(found).toEqual(["1", "2"]);
      const admin = rawKafka(brokers()).admin();
      await admin.connect();
      const { groups } = await admin.listGroups();
      await admin.disconnect();
      expect(groups.filter((group) => group.groupId === "keyline")).toEqual([]);
    });

    it.each(["none", "gzip"] as const)(
      "leaves out the records whose key is not wanted, and asks about those of the range alone (%s)",
      async (compression) => {
        const topic = await makeTopic(brokers(), 1);
        const transport = connect({ compression });
        const producer = transport.createProducer();
        // Two batches: the range begins in one and ends in the other.
        for (const keys of [
          ["1", "2", null],
          ["1", "2", "1"],
        ])
          await producer.append(
            topic,
            0,
            keys.map((key, n) => ({ ...recordOf(`${n}`), key: key === null ? null : Buffer.from(key) })),
          );
        const asked: (string | null)[] = [];
        const keep = (key: Uint8Array | null) => asked.push(key && String(key)) > 0 && String(key) === "1";
        const found: (readonly [number, string])[] = [];
        let next = 0;
        const reading = transport.read({ topic, partition: 0 }, { from: 1, to: 5 }, { keep });
        for await (const { records, nextOffset } of reading) {
          found.push(...records.map((record) => [record.offset, textOf(record)] as const));
          next = nextOffset;
        }
        expect([found, asked, next]).toEqual([[[3, "0"]], ["2", null, "1", "2"], 5]);
      },
    );

    it("reads one fetch ahead of its caller, and no more", async () => {
      const topic = await makeTopic(brokers(), 1);
      const transport = connect({ maxBytesPerPartition: 1 });
      for (let n = 0; n < 6; n += 1) await writeTo(transport, topic, 0, `${n}`);
      const asked: number[] = [];
      const keep = () => asked.push(asked.length) > 0;
      const seen: number[] = [];
      for await (const { nextOffset } of transport.read({ topic, partition: 0 }, { from: 0, to: 6 }, { keep })) {
        await until(() => expect(asked).toHaveLength(Math.min(nextOffset + 1, 6)));
        await new Promise((resolve) => setTimeout(resolve, 100));
        seen.push(asked.length - nextOffset);
      }
      expect(seen).toEqual([1, 1, 1, 1, 1, 0]);
    });

    it("tells the ends of a log as often as it is asked for: two groups of a process read the same topics", async () => {
      const topic = await makeTopic(brokers(), 2);
      const transport = connect();
      await writeTo(transport, topic, 1, "0", "1");
      const both = [0, 1, 0, 1].map((partition) => ({ topic, partition }));
      expect(await transport.stableEnds(both)).toEqual([0, 2, 0, 2]);
      expect(await transport.logRanges(both)).toEqual([0, 2, 0, 2].map((end) => ({ start: 0, end })));
      expect(await transport.offsetsAtTime(both, 0)).toEqual([0, 0, 0, 0]);
    });

    it("ends at a transaction that stays open, and goes on behind one that ends", async () => {
      const topic = await makeTopic(brokers(), 1);
      const transport = connect();
      await writeTo(transport, topic, 0, "0", "1");
      const writer = rawKafka(brokers()).producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
      await writer.connect();
      const open = await writer.transaction();
      await open.send({ topic, messages: [{ key: "key", value: "2", partition: 0 }] });
      const [range = { start: 0, end: 0 }] = await transport.logRanges([{ topic, partition: 0 }]);
      expect([range.end, await transport.stableEnds([{ topic, partition: 0 }])]).toEqual([3, [2]]);
      const found: string[] = [];
      const read = async (signal?: AbortSignal) => {
        found.length = 0;
        const options = signal ? { signal } : {};
        for await (const { records } of transport.read({ topic, partition: 0 }, { from: 0, to: range.end }, options))
          found.push(...records.map(textOf));
        return [...found];
      };
      const refused = {
        code: "timed_out",
        retryable: true,
        rawMessage: expect.stringContaining("a transaction is open at 2"),
      };
      await expect(read()).rejects.toMatchObject(refused);
      expect(found).toEqual(["0", "1"]);
      await expect(read(AbortSignal.timeout(500))).rejects.toMatchObject({ code: "aborted" });
      const reading = read();
      await open.commit();
      expect(await reading).toEqual(["0", "1", "2"]);
      await writer.disconnect();
    });

    it("a broker that does not lead in the epoch that was heard says nothing of a log's end", async () => {
      const topic = await makeTopic(brokers(), 1);
      const options = { brokers: brokers() };
      const clusters = createClusters(client, options, settingsOf(options));
      const opened = clusters.open();
      const [led] = await leadersOf(opened, [{ topic, partition: 0 }]);
      const broker = opened.broker(led?.nodeId ?? "");
      const ask = (leaderEpoch: number) =>
        broker.send(listOffsetsRequest([{ topic, partition: 0, leaderEpoch }], latest));
      const epoch = led?.leaderEpoch ?? -1;
      expect(epoch).toBeGreaterThanOrEqual(0);
      expect(await ask(epoch)).toEqual([{ topic, partition: 0, error: null, offset: 0 }]);
      expect(await ask(epoch + 1)).toMatchObject([{ error: { type: "UNKNOWN_LEADER_EPOCH" } }]);
      clusters.destroy();
    });

    it("what was deleted is named", async () => {
      const { topic, transport } = await shortened();
      const read = async () => {
        for await (const _ of transport.read({ topic, partition: 0 }, { from: 0, to: 4 }));
      };
      await expect(read()).rejects.toMatchObject({
        code: "offset_out_of_range",
        rawMessage: expect.stringMatching(/from 0.*3 to 4.*offsets 0 to 2 were deleted/),
      });
    });

    it("a time is found by the records' stamps, and one that is to come is the log's end", async () => {
      const topic = await makeTopic(brokers(), 1);
      const transport = connect();
      const producer = transport.createProducer();
      await producer.append(
        topic,
        0,
        [1000, 2000, 3000].map((timestampMs) => ({ ...recordOf("x"), timestampMs })),
      );
      const at = (timeMs: number) => transport.offsetsAtTime([{ topic, partition: 0 }], timeMs);
      expect([await at(1500), await at(3000), await at(9000)]).toEqual([[1], [2], [3]]);
    });
  });

  /** A topic with four records, of which three were deleted. */
  const shortened = async () => {
    const topic = await makeTopic(brokers(), 1);
    const transport = connect();
    await writeTo(transport, topic, 0, "0", "1", "2", "3");
    const admin = rawKafka(brokers()).admin();
    await admin.connect();
    // kafkajs' admin forgets to ask which broker leads the topic.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "3" }] });
    await admin.disconnect();
    return { topic, transport };
  };

  describe("a member of a group", () => {
    it("starts where it was told to, and nowhere else", async () => {
      const topic = await makeTopic(brokers(), 1);
      const transport = connect();
      await writeTo(transport, topic, 0, "0", "1", "2");
      const member = memberOf(transport, { groupId: groupId(), groups: [{ name: "d", topics: [topic] }], from: 2 });
      await member.consumer.start();
      await until(() => expect(member.received).toEqual(["2"]));
      await writeTo(transport, topic, 0, "3");
      await until(() => expect(member.received).toEqual(["2", "3"]));
    });

    it("fails where the log has lost what comes next, and never jumps", async () => {
      const { topic, transport } = await shortened();
      const member = memberOf(transport, { groupId: groupId(), groups: [{ name: "d", topics: [topic] }], from: 1 });
      await member.consumer.start();
      await until(() => expect(member.failures.map(({ code }) => code)).toEqual(["offset_out_of_range"]));
      expect(member.failures[0]?.rawMessage).toMatch(/offsets 1 to 2 were deleted/);
      expect(member.received).toEqual([]);
      expect(member.told.at(-1)).toBe("lost 1");
    });

    it("gets nothing while paused, and everything after it is resumed", async () => {
      const topic = await makeTopic(brokers(), 2);
      const transport = connect();
      const member = memberOf(transport, { groupId: groupId(), groups: [{ name: "d", topics: [topic] }] });
      await member.consumer.start();
      await until(() => expect(member.told).toEqual(["assigned 2"]));
      await writeTo(transport, topic, 0, "warm");
      await until(() => expect(member.received).toEqual(["warm"]));
      member.consumer.pause([{ topic, partition: 0 }]);
      await writeTo(transport, topic, 0, "a", "b");
      await writeTo(transport, topic, 1, "other");
      await until(() => expect(member.received).toContain("other"));
      expect(member.received).toEqual(["warm", "other"]);
      member.consumer.resume([{ topic, partition: 0 }]);
      await until(() => expect(member.received).toEqual(["warm", "other", "a", "b"]));
    });

    it("commits what it owns while it is revoked, and the next owner goes on there", async () => {
      const topic = await makeTopic(brokers(), 4);
      // What is committed here lies beyond the empty logs.
      const group = { groupId: groupId(), groups: [{ name: "d", topics: [topic] }], from: 0 };
      const partitions = [0, 1, 2, 3].map((partition) => ({ topic, partition }));
      const transport = connect();
      const first = memberOf(transport, {
        ...group,
        duringRevoked: ({ consumer }, reason) =>
          reason === "rebalance"
            ? consumer.commit(partitions.map((one) => ({ ...one, offset: 7 })))
            : Promise.resolve(),
      });
      await first.consumer.start();
      const second = memberOf(connect(), group);
      await second.consumer.start();
      await until(() => expect(second.owns.size).toBe(2));
      expect(first.told.slice(0, 2)).toEqual(["assigned 4", "rebalance 4"]);
      expect(await second.consumer.committed(partitions)).toEqual([7, 7, 7, 7]);
      // What is owned by another now is dropped without a word.
      await until(() => expect(first.owns.size).toBe(2));
      await first.consumer.commit(partitions.map((one) => ({ ...one, offset: 9 })));
      const after = await second.consumer.committed(partitions);
      expect(after.map((offset, at) => (first.owns.has(`${topic}/${at}`) ? offset === 9 : offset === 7))).toEqual([
        true,
        true,
        true,
        true,
      ]);
    });

    it("whose revoked takes too long loses its partitions; the others go on, and it joins again", async () => {
      const topic = await makeTopic(brokers(), 2);
      const group = { groupId: groupId(), groups: [{ name: "d", topics: [topic] }] };
      const held = Promise.withResolvers<void>();
      const slow = memberOf(connect(), {
        ...group,
        duringRevoked: (_, reason) => (reason === "rebalance" ? held.promise : Promise.resolve()),
      });
      await slow.consumer.start();
      const quickOne = memberOf(connect(), group);
      await quickOne.consumer.start();
      await until(() => expect(quickOne.owns.size).toBeGreaterThan(0));
      expect(slow.told.slice(0, 3)).toEqual(["assigned 2", "rebalance 2", "lost 2"]);
      held.resolve();
      await until(() => expect(slow.owns.size).toBe(1));
    });

    it("whose assigned takes too long loses its partitions, and is told so once that has settled", async () => {
      const topic = await makeTopic(brokers(), 2);
      const group = { groupId: groupId(), groups: [{ name: "d", topics: [topic] }] };
      const held = Promise.withResolvers<void>();
      let calls = 0;
      const slow = memberOf(connect(), {
        ...group,
        duringAssigned: () => (calls++ === 0 ? held.promise : Promise.resolve()),
      });
      await slow.consumer.start();
      const other = memberOf(connect(), group);
      await other.consumer.start();
      // The group went on, and the slow one joined it again; it is told of neither before it has an answer.
      await until(() => expect(other.owns.size).toBeGreaterThan(0));
      expect(slow.told).toEqual(["assigned 2"]);
      held.resolve();
      await until(() => expect([slow.owns.size, other.owns.size]).toEqual([1, 1]));
      expect(slow.told).toEqual(["assigned 2", "lost 2", "assigned 1"]);
    });

    it("whose process stood still for longer than its session handles nothing before it knows that it lost its lanes", async () => {
      const topic = await makeTopic(brokers(), 1);
      const transport = connect({ sessionTimeoutMs: 1500 });
      const member = memberOf(transport, { groupId: groupId(), groups: [{ name: "d", topics: [topic] }] });
      await member.consumer.start();
      await until(() => expect(member.told).toEqual(["assigned 1"]));
      const writer = connect().createProducer();
      await writer.append(topic, 0, [recordOf("before")]);
      await until(() => expect(member.received).toEqual(["before"]));
      const writing = writer.append(topic, 0, [recordOf("meanwhile")]);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
      await writing;
      await until(() => expect(member.told).toContain("lost 1"));
      expect(member.told.slice(0, 2)).toEqual(["assigned 1", "lost 1"]);
      await until(() => expect(member.told.slice(2, 3)).toEqual(["assigned 1"]));
      await until(() => expect(member.received).toContain("meanwhile"));
      expect(member.failures).toEqual([]);
    });

    it("of a group of another kind is told what to do", async () => {
      const topic = await makeTopic(brokers(), 1);
      const group = groupId();
      const foreign = rawKafka(brokers()).consumer({ groupId: group, maxWaitTimeInMs: 100 });
      await foreign.subscribe({ topic });
      await foreign.run({ eachMessage: async () => undefined });
      await until(async () => expect((await foreign.describeGroup()).state).toBe("Stable"));
      const member = memberOf(connect(), { groupId: group, groups: [{ name: "d", topics: [topic] }] });
      await expect(member.consumer.start()).rejects.toMatchObject({
        code: "options_invalid",
        rawMessage: expect.stringMatching(/group of their own/),
      });
      await foreign.disconnect();
    }, 60_000);

    it("a group with a member of the new group protocol is refused by name", async () => {
      const topic = await makeTopic(brokers(), 2);
      const group = groupId();
      const args = ["--bootstrap-server", brokers().join(), "--topic", topic, "--group", group, "--from-beginning"];
      const newProtocol = ["--max-messages", "1", "--consumer-property", "group.protocol=consumer"];
      const foreign = runTool("org.apache.kafka.tools.consumer.ConsoleConsumer", [...args, ...newProtocol]);
      try {
        const admin = rawKafka(brokers()).admin();
        await admin.connect();
        await until(async () => {
          const { groups } = await admin.listGroups();
          expect(groups.map((one) => one.groupId)).toContain(group);
        }, 120_000);
        await admin.disconnect();
        const member = memberOf(connect(), { groupId: group, groups: [{ name: "d", topics: [topic] }] });
        await expect(member.consumer.start()).rejects.toMatchObject({
          code: "options_invalid",
          rawMessage: expect.stringMatching(/new group protocol: give Keyline's consumers a group of their own/),
        });
      } finally {
        // The record that ends the foreign member, also where the test has failed: it would look for its broker for ever.
        await connect()
          .createProducer()
          .append(topic, 0, [recordOf("1")]);
        await foreign;
      }
    }, 60_000);

    it("a topic that is not there is unknown at start", async () => {
      const member = memberOf(connect(), { groupId: groupId(), groups: [{ name: "d", topics: ["never-made"] }] });
      await expect(member.consumer.start()).rejects.toMatchObject({ code: "topic_unknown" });
    });

    it("while a rolling deploy adds a topic and takes it away, a lane has one owner, and gaps are told", async () => {
      const [a, b] = [await makeTopic(brokers(), 4), await makeTopic(brokers(), 4)];
      const group = groupId();
      const join = async (...topics: string[]) => {
        const member = memberOf(connect(), { groupId: group, groups: [{ name: "d", topics }] });
        await member.consumer.start();
        return member;
      };
      const olds = [await join(a), await join(a)];
      await until(() => expect(olds.map(({ owns }) => owns.size)).toEqual([2, 2]));
      const first = await join(a, b);
      // Only whole lanes: the new version reads all of them, whichever version leads the group.
      await until(() => expect([...olds, first].map(({ owns }) => owns.size)).toEqual([0, 0, 8]));
      await olds[0]?.consumer.stop();
      const second = await join(a, b);
      await until(() => expect([first, second].map(({ owns }) => owns.size)).toEqual([4, 4]));
      await olds[1]?.consumer.stop();
      await first.consumer.stop();
      await until(() => expect(second.owns.size).toBe(8));
      const back = await join(a);
      await second.consumer.stop();
      await until(() => expect(back.owns.size).toBe(4));
      expect([...back.owns].every((name) => name.startsWith(a))).toBe(true);
    }, 60_000);
  });

  describe("credentials", () => {
    const withSasl = (sasl: NonNullable<KafkajsOptions["sasl"]>) =>
      connect({ brokers: cluster?.saslBrokers ?? [], sasl });
    // Not signed, which the test's broker takes.
    const token = () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const nowS = Math.floor(Date.now() / 1000);
      return `${part({ alg: "none" })}.${part({ sub: "alice", iat: nowS, exp: nowS + 600 })}.`;
    };

    it.each(["plain", "scram-sha-256", "scram-sha-512"] as const)(
      "%s lets in with the password, and not without",
      async (mechanism) => {
        expect(await withSasl({ mechanism, username: "alice", password }).clusterId()).toBe(
          await connect().clusterId(),
        );
        const wrong = withSasl({ mechanism, username: "alice", password: "wrong-words" });
        const refused = await wrong.clusterId().catch((error: KeylineError) => error);
        expect(refused).toMatchObject({ code: "transport_denied", retryable: false });
        expect(String(refused)).not.toContain("wrong-words");
        await expect(wrong.createProducer().connect()).rejects.toMatchObject({ code: "transport_denied" });
      },
    );

    it("a token lets in", async () => {
      const transport = withSasl({ mechanism: "oauthbearer", token: async () => token() });
      expect(await transport.clusterId()).toBe(await connect().clusterId());
    });

    it("a client's own certificate lets in, and without it the broker says what is missing", async () => {
      const trusted = {
        KAFKA_BROKERS: cluster?.tlsBrokers.join(),
        ...{ KAFKA_SSL: "true", KAFKA_SSL_CA: certificates.authority },
      };
      const own = { KAFKA_SSL_CERT: certificates.client, KAFKA_SSL_KEY: certificates.clientKey };
      const known = connect({ ...kafkaOptionsFrom({ ...trusted, ...own }) });
      expect(await known.clusterId()).toBe(await connect().clusterId());
      await expect(connect({ ...kafkaOptionsFrom(trusted) }).clusterId()).rejects.toMatchObject({
        code: "transport_denied",
        message: expect.stringContaining("KAFKA_SSL_CERT"),
      });
    });

    it("a broker that speaks no TLS is told from one that is not there", async () => {
      const refused = connect({ ssl: true, requestTimeoutMs: 1500, connectTimeoutMs: 500 }).clusterId();
      await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^transport_/) });
    });
  });

  it("a broker that dies and comes back is found again, by writers and by readers", async () => {
    const topic = await makeTopic(brokers(), 1);
    const transport = connect({ sessionTimeoutMs: 30_000 });
    const member = memberOf(transport, { groupId: groupId(), groups: [{ name: "d", topics: [topic] }] });
    await member.consumer.start();
    const producer = transport.createProducer();
    await producer.append(topic, 0, [recordOf("before")]);
    await cluster?.kill(0);
    const sent = producer.append(topic, 0, [recordOf("while it is down")]);
    sent.catch(() => undefined);
    await cluster?.restart(0);
    expect(await sent).toEqual({ offset: 1 });
    await until(() => expect(member.received).toEqual(["before", "while it is down"]), 30_000);
    expect(member.failures).toEqual([]);
  }, 90_000);

  it("a static member joins whose coordinator dies before the group's leader has shared out", async () => {
    const topic = await makeTopic(brokers(), 4);
    const group = { groupId: groupId(), groups: [{ name: "d", topics: [topic] }] };
    const start = (instanceId?: string, transport: Pick<Transport, "createConsumer"> = connect()) => {
      const member = memberOf(transport, { ...group, ...(instanceId === undefined ? {} : { instanceId }) });
      return { member, started: member.consumer.start() };
    };
    const slow = slowToShareOut({ brokers: brokers(), ...quick });
    const leader = start(undefined, slow.transport);
    await leader.started;
    const old = start("copy");
    await old.started;
    await until(() => expect(leader.member.owns.size).toBe(2));
    await old.member.consumer.stop();
    slow.hold();
    // The group waits for the place of the copy that has ended, which the next one takes.
    const other = start();
    await until(() => expect(leader.member.told.at(-1)).toMatch(/^rebalance/));
    const next = start("copy");
    await slow.held;
    await cluster?.kill(0);
    slow.release();
    await cluster?.restart(0);
    await Promise.all([other.started, next.started]);
    const members = [leader, other, next].map(({ member }) => member);
    await until(() => expect(members.flatMap(({ owns }) => [...owns])).toHaveLength(4), 30_000);
    expect(members.flatMap(({ failures }) => failures)).toEqual([]);
    await leader.member.consumer.stop();
    slow.destroy();
  }, 90_000);
});

/** A transport whose member, while it is held, has an answer to its joining and shares nothing out. */
function slowToShareOut(options: KafkaOptions) {
  const settings = settingsOf(options);
  const clusters = createClusters(client, options, settings);
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isHeld = false;
  const slowly = (broker: Broker): Broker => ({
    ...broker,
    async send(request) {
      if (isHeld && request.apiName === "SyncGroup") {
        held.resolve();
        await released.promise;
      }
      return broker.send(request);
    },
  });
  const open: typeof clusters.open = (subscribed) => {
    const cluster = clusters.open(subscribed);
    return { ...cluster, coordinator: async (groupId) => slowly(await cluster.coordinator(groupId)) };
  };
  return {
    transport: {
      createConsumer: (own: TransportConsumerOptions) => createKafkaConsumer({ ...clusters, open }, settings, own),
    },
    hold() {
      isHeld = true;
    },
    held: held.promise,
    release() {
      isHeld = false;
      released.resolve();
    },
    destroy: clusters.destroy,
  };
}
