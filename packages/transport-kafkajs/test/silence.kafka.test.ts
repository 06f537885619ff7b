import { createServer, type Server, type Socket } from "node:net";
import { freePorts, type KafkaCluster, type LossyProxy, startKafka, startLossyProxy } from "@keyline/kafka-dev";
import { canRun } from "@keyline/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memberOf } from "./members.js";
import { createTestTransport, makeTopic, readAll, recordOf, until } from "./on-kafka.js";

/** Takes connections and answers nothing. */
async function startSilentServer(): Promise<{ readonly address: string; readonly open: Set<Socket>; server: Server }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
    socket.resume();
  });
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { address: `127.0.0.1:${port}`, open, server };
}

describe.skipIf(!(await canRun("kafka")))("what keeps its connections and answers nothing", () => {
  let cluster: KafkaCluster | undefined;
  let proxy: LossyProxy | undefined;
  beforeAll(async () => {
    const [port = 0, brokerPort = 0] = await freePorts(2);
    proxy = await startLossyProxy(port, brokerPort);
    cluster = await startKafka({
      port: brokerPort,
      settings: { "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}` },
    });
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await proxy?.close();
  }, 60_000);

  const link = () => {
    if (!proxy) throw new Error("no proxy");
    return proxy;
  };

  it("is left after a request that timed out: writers, readers and questions go on over new connections", {
    timeout: 90_000,
  }, async () => {
    const brokers = [`127.0.0.1:${link().port}`];
    const topic = await makeTopic(brokers, 1);
    const requestTimeoutMs = 2000;
    const times = { requestTimeoutMs, sessionTimeoutMs: 30_000, heartbeatIntervalMs: 200 };
    const transport = createTestTransport({ brokers, ...times });
    const member = memberOf(transport, { groupId: `g-${topic}`, groups: [{ name: "d", topics: [topic] }] });
    await member.consumer.start();
    const producer = transport.createProducer();
    await producer.append(topic, 0, [recordOf("before")]);
    await transport.logRanges([{ topic, partition: 0 }]);
    await until(() => expect(member.received).toEqual(["before"]));
    for (const text of ["first", "second"]) {
      link().silence();
      expect(link().silent()).toBeGreaterThan(3);
      const silencedAtMs = performance.now();
      const range = transport.logRanges([{ topic, partition: 0 }]);
      await producer.append(topic, 0, [recordOf(text)]);
      await until(() => expect(member.received.at(-1)).toBe(text), 4 * requestTimeoutMs);
      expect((await range).map(({ start }) => start)).toEqual([0]);
      expect(performance.now() - silencedAtMs).toBeLessThan(4 * requestTimeoutMs);
      await until(() => expect(link().silent()).toBe(0), 3 * requestTimeoutMs);
    }
    expect(await readAll(transport, topic, 0)).toEqual(["before", "first", "second"]);
    expect([member.failures, member.received]).toEqual([[], ["before", "first", "second"]]);
    await transport.close();
    await until(() => expect(link().open()).toBe(0));
  });

  it("holds up what closes for less than a copy may take to end, and less than one request", {
    timeout: 90_000,
  }, async () => {
    const brokers = [`127.0.0.1:${link().port}`];
    const topic = await makeTopic(brokers, 1);
    const transport = createTestTransport({ brokers, requestTimeoutMs: 40_000, sessionTimeoutMs: 45_000 });
    const member = memberOf(transport, {
      groupId: `g-${topic}`,
      groups: [{ name: "d", topics: [topic] }],
      duringRevoked: ({ consumer }) => consumer.commit([{ topic, partition: 0, offset: 1 }]).catch(() => undefined),
    });
    await member.consumer.start();
    const producer = transport.createProducer();
    await producer.append(topic, 0, [recordOf("one")]);
    await until(() => expect(member.received).toEqual(["one"]));
    await transport.logRanges([{ topic, partition: 0 }]);
    link().silence("both", 60_000);
    const unanswered = Promise.allSettled([
      producer.append(topic, 0, [recordOf("two")]),
      transport.logRanges([{ topic, partition: 0 }]),
    ]);
    const startedAtMs = performance.now();
    await transport.close();
    const tookMs = performance.now() - startedAtMs;
    link().silence("both", 0);
    // A commit and a farewell that nothing answers, and no more.
    expect(tookMs).toBeLessThan(25_000);
    const [append, question] = await unanswered;
    // Whether its request had left by then.
    expect(append).toMatchObject({ reason: { code: expect.stringMatching(/^(outcome_unknown|closed)$/) } });
    expect(question).toMatchObject({ reason: { code: "closed" } });
  });

  it("as one of several seeds costs a moment", async () => {
    const silent = await startSilentServer();
    const brokers = [silent.address, `127.0.0.1:${link().port}`];
    const topic = await makeTopic(brokers.slice(1), 1);
    const startedAtMs = performance.now();
    const transport = createTestTransport({ brokers });
    const producer = transport.createProducer();
    await producer.append(topic, 0, [recordOf("one")]);
    expect(await readAll(transport, topic, 0)).toEqual(["one"]);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
    await until(() => expect(silent.open.size).toBe(0));
    await transport.close();
    silent.server.close();
  });
});
