import { afterEach, describe, expect, it } from "vitest";
import type { Transport } from "../ports/transport.js";
import { createMemoryCluster, type MemoryCluster, type MemoryClusterOptions } from "./cluster.js";
import { record, type TestMemberOptions, testMember, texts, until } from "./test-member.js";

const transports: Transport[] = [];
const connect = (cluster: MemoryCluster) => {
  const transport = cluster.transport();
  transports.push(transport);
  return transport;
};
const join = async (cluster: MemoryCluster, options?: TestMemberOptions) => {
  const transport = connect(cluster);
  const member = testMember(transport, options);
  await member.consumer.start();
  return { ...member, transport };
};
const clusterOf = (partitions: number, options?: MemoryClusterOptions) => {
  const cluster = createMemoryCluster(options);
  for (const topic of ["a", "b"]) cluster.createTopic(topic, { partitions });
  return cluster;
};

afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
});

describe("a consumer group", () => {
  it("gives whole lanes to its members and moves them when one joins or stops", async () => {
    const cluster = clusterOf(4);
    const first = await join(cluster);
    await until(() => expect(first.owned()).toHaveLength(8));
    const second = await join(cluster);
    await until(() => expect(second.owned()).toHaveLength(4));
    await until(() => expect(first.owned().map((name) => name.slice(2))).toEqual(["0", "1", "0", "1"]));
    expect(first.log).toEqual(["assigned 8", "revoked 8 rebalance", "assigned 4"]);
    await second.consumer.stop();
    expect(second.log).toEqual(["assigned 4", "revoked 4 closed"]);
    await until(() => expect(first.owned()).toHaveLength(8));
  });

  it("assigns members that come together once", async () => {
    const cluster = clusterOf(4);
    const [first, second] = await Promise.all([join(cluster), join(cluster)]);
    await until(() => expect(second?.owned()).toHaveLength(4));
    expect(first?.log).toEqual(["assigned 4"]);
    expect(cluster.group("g").generation).toBe(1);
  });

  it("tells what no member reads while a new version rolls out, and when that is over", async () => {
    const cluster = clusterOf(2);
    const [old, updated] = await Promise.all([join(cluster, { topics: ["a"] }), join(cluster, { topics: ["b"] })]);
    await until(() => expect(updated?.log).toEqual(["assigned 1", "unread a/1,b/0"]));
    expect(cluster.group("g").gaps).toHaveLength(2);
    await old?.consumer.stop();
    await until(() => expect(updated?.log.slice(-2)).toEqual(["assigned 2", "unread "]));
    expect(cluster.group("g").gaps).toEqual([]);
  });

  it("fetches nothing before assigned resolves, and nothing after a revoke began", async () => {
    const cluster = clusterOf(1);
    const ready = Promise.withResolvers<void>();
    const leaving = Promise.withResolvers<void>();
    cluster.faults.produce({ topic: "a", partition: 0 });
    const member = await join(cluster, { assigned: () => ready.promise, revoked: () => leaving.promise });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(member.records).toEqual([]);
    ready.resolve();
    await until(() => expect(member.records).toHaveLength(1));
    cluster.faults.rebalance("g");
    await until(() => expect(member.log).toContain("revoked 2 rebalance"));
    cluster.faults.produce({ topic: "a", partition: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(member.records).toHaveLength(1);
    leaving.resolve();
    await until(() => expect(member.records).toHaveLength(3));
  });

  it("fetches nothing of what was taken away while assigned was busy", async () => {
    const cluster = clusterOf(1);
    cluster.faults.produce({ topic: "a", partition: 0 });
    const ready = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let calls = 0;
    const leaving = Promise.withResolvers<void>();
    const member = await join(cluster, {
      assigned: () => ready[calls++]?.promise,
      revoked: () => leaving.promise,
    });
    cluster.faults.rebalance("g");
    await new Promise((resolve) => setTimeout(resolve, 10));
    ready[0]?.resolve();
    await until(() => expect(member.log).toEqual(["assigned 2", "revoked 2 rebalance"]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(member.records).toEqual([]);
    leaving.resolve();
    ready[1]?.resolve();
    await until(() => expect(member.records).toHaveLength(1));
  });

  it("goes on from the committed offset, committed within revoked too", async () => {
    const cluster = clusterOf(1);
    for (const text of ["0", "1", "2"]) cluster.faults.produce({ topic: "a", partition: 0, value: Buffer.from(text) });
    const commit = [{ topic: "a", partition: 0, offset: 2 }];
    const first = await join(cluster, { revoked: () => first.consumer.commit(commit) });
    await until(() => expect(first.records).toHaveLength(3));
    await first.consumer.stop();
    expect(cluster.committed("g", { topic: "a", partition: 0 })).toBe(2);
    const second = await join(cluster);
    await until(() => expect(texts(second.records)).toEqual(["2"]));
  });

  it("drops commits for what the member does not own", async () => {
    const cluster = clusterOf(2);
    const [first, second] = await Promise.all([join(cluster), join(cluster)]);
    await until(() => expect([...first.owned(), ...second.owned()]).toHaveLength(4));
    await first.consumer.commit([0, 1].map((partition) => ({ topic: "a", partition, offset: 7 })));
    expect([0, 1].map((partition) => cluster.committed("g", { topic: "a", partition }))).toEqual([7, null]);
  });

  it("goes on without a member whose revoked takes too long, which joins again once that has settled", async () => {
    const cluster = clusterOf(2, { rebalanceTimeoutMs: 30 });
    const release = Promise.withResolvers<void>();
    const slow = await join(cluster, { revoked: (_, reason) => (reason === "lost" ? undefined : release.promise) });
    await until(() => expect(slow.owned()).toHaveLength(4));
    const other = await join(cluster);
    await until(() => expect(other.owned()).toHaveLength(4));
    await slow.consumer.commit([{ topic: "a", partition: 0, offset: 9 }]);
    expect(cluster.committed("g", { topic: "a", partition: 0 })).toBeNull();
    release.resolve();
    await until(() => expect([slow.owned().length, other.owned().length]).toEqual([2, 2]));
    expect(slow.log).toEqual(["assigned 4", "revoked 4 rebalance", "revoked 4 lost", "assigned 2"]);
  });

  it("goes on without a member whose assigned takes too long, which is told that it lost once that has settled", async () => {
    const cluster = clusterOf(2, { rebalanceTimeoutMs: 30 });
    const opening = Promise.withResolvers<void>();
    let calls = 0;
    const slow = await join(cluster, { assigned: () => (calls++ === 0 ? opening.promise : undefined) });
    const other = await join(cluster);
    await until(() => expect(other.owned()).toHaveLength(4));
    expect(slow.log).toEqual(["assigned 4"]);
    opening.resolve();
    await until(() => expect([slow.owned().length, other.owned().length]).toEqual([2, 2]));
    expect(slow.log).toEqual(["assigned 4", "revoked 4 lost", "assigned 2"]);
  });

  it("is left by a member whose revoked takes too long when it is stopped, which is told so", async () => {
    const cluster = clusterOf(1, { rebalanceTimeoutMs: 20 });
    const never = Promise.withResolvers<void>();
    const member = await join(cluster, { revoked: () => never.promise });
    await until(() => expect(member.owned()).toHaveLength(2));
    await member.consumer.stop();
    expect(member.log).toEqual(["assigned 2", "revoked 2 closed", "revoked 2 lost"]);
    expect(cluster.group("g").members.size).toBe(0);
  });

  it("never calls assigned and revoked of one member at once", async () => {
    const cluster = clusterOf(3);
    let inside = 0;
    let most = 0;
    const busy = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside -= 1;
    };
    const member = await join(cluster, { assigned: busy, revoked: busy });
    for (let round = 0; round < 10; round += 1) {
      cluster.faults.rebalance("g");
      await new Promise((resolve) => setTimeout(resolve, round % 3));
    }
    await member.consumer.stop();
    expect(most).toBe(1);
    expect(member.owned()).toEqual([]);
  });

  it("is left by a member whose assigned rejects, which says so", async () => {
    const cluster = clusterOf(1);
    const broken = new Error("no store");
    const member = await join(cluster, { assigned: () => Promise.reject(broken) });
    await until(() => expect(member.errors).toEqual([broken]));
    expect(member.log).toEqual(["assigned 2", "revoked 2 lost"]);
    expect(cluster.group("g").members.size).toBe(0);
    await member.consumer.stop();
  });
});

describe("fetching", () => {
  it("brings every record once and in order of offset for each partition, over many rounds", async () => {
    const cluster = clusterOf(3, { seed: 7 });
    const transport = cluster.transport({ maxRecordsPerPartition: 3 });
    transports.push(transport);
    for (let index = 0; index < 200; index += 1) {
      cluster.faults.produce({ topic: index % 2 ? "a" : "b", partition: index % 3, value: Buffer.from(String(index)) });
    }
    const member = testMember(transport);
    await member.consumer.start();
    await until(() => expect(member.records).toHaveLength(200));
    for (const topic of ["a", "b"]) {
      for (const partition of [0, 1, 2]) {
        const read = member.records.filter((one) => one.topic === topic && one.partition === partition);
        expect(read).toEqual(cluster.records(topic, partition));
      }
    }
  });

  it("brings topics in another order under another seed, and in the same under the same", async () => {
    const orderOf = async (seed: number) => {
      const cluster = clusterOf(3, { seed });
      for (let index = 0; index < 60; index += 1) {
        cluster.faults.produce({ topic: index % 2 ? "a" : "b", partition: index % 3 });
      }
      const transport = cluster.transport({ maxRecordsPerPartition: 2 });
      transports.push(transport);
      const member = testMember(transport);
      await member.consumer.start();
      await until(() => expect(member.records).toHaveLength(60));
      return member.records.map(({ topic, partition }) => topic + partition).join(" ");
    };
    expect(await orderOf(1)).toBe(await orderOf(1));
    expect(await orderOf(1)).not.toBe(await orderOf(2));
  });

  it("leaves out what is paused until it is resumed", async () => {
    const cluster = clusterOf(1);
    const member = await join(cluster);
    await until(() => expect(member.owned()).toHaveLength(2));
    await new Promise((resolve) => setImmediate(resolve));
    member.consumer.pause([{ topic: "a", partition: 0 }]);
    cluster.faults.produce({ topic: "a", partition: 0 });
    cluster.faults.produce({ topic: "b", partition: 0 });
    await until(() => expect(member.records.map(({ topic }) => topic)).toEqual(["b"]));
    member.consumer.resume([{ topic: "a", partition: 0 }]);
    await until(() => expect(member.records.map(({ topic }) => topic)).toEqual(["b", "a"]));
  });

  it("brings nothing more once a batch made the reader stop", async () => {
    const cluster = clusterOf(3, { brokers: 1 });
    for (const partition of [0, 1, 2]) cluster.faults.produce({ topic: "a", partition });
    const member = await join(cluster, { batch: () => void member.consumer.stop() });
    await until(() => expect(member.log.at(-1)).toBe("revoked 6 closed"));
    expect(member.records).toHaveLength(1);
  });

  it("steps over gaps, also at the end of the log", async () => {
    const cluster = clusterOf(1);
    const at = { topic: "a", partition: 0 };
    for (let index = 0; index < 6; index += 1) cluster.faults.produce(at);
    cluster.faults.compact(at, [0, 2, 3]);
    cluster.faults.skipOffsets(at, 2);
    const transport = connect(cluster);
    const nexts: number[] = [];
    const offsets: number[] = [];
    for await (const batch of transport.read(at, { from: 0, to: 100 })) {
      nexts.push(batch.nextOffset);
      offsets.push(...batch.records.map(({ offset }) => offset));
    }
    expect([offsets, nexts.at(-1)]).toEqual([[1, 4, 5], 8]);
  });
});

describe("closing a transport", () => {
  it("waits for its consumers, but no longer than the time that it is given", async () => {
    const cluster = clusterOf(1, { rebalanceTimeoutMs: 60_000 });
    const handled = Promise.withResolvers<void>();
    const member = await join(cluster, { revoked: () => handled.promise });
    await until(() => expect(member.owned()).toHaveLength(2));
    await member.transport.close({ timeoutMs: 10 });
    expect([member.log.at(-1), member.owned().length]).toEqual(["revoked 2 closed", 2]);
    const disposed = member.transport[Symbol.asyncDispose]();
    handled.resolve();
    await disposed;
    expect(member.owned()).toEqual([]);
  });

  it("stops what was made through it and refuses everything after", async () => {
    const cluster = clusterOf(1);
    const member = await join(cluster);
    await until(() => expect(member.owned()).toHaveLength(2));
    const producer = member.transport.createProducer();
    await member.transport.close();
    expect(member.log.at(-1)).toBe("revoked 2 closed");
    const closed = expect.objectContaining({ code: "closed" });
    await expect(producer.append("a", 0, [record("x")])).rejects.toEqual(closed);
    await expect(member.transport.clusterId()).rejects.toEqual(closed);
    expect(() => member.transport.createProducer()).toThrow(closed);
  });
});
