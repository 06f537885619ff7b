import { afterEach, describe, expect, it } from "vitest";
import type { Transport } from "../ports/transport.js";
import { createMemoryCluster, type MemoryClusterOptions } from "./cluster.js";
import { type TestMemberOptions, testMember, texts, until } from "./test-member.js";

const transports: Transport[] = [];
const a0 = { topic: "a", partition: 0 };
const setUp = (options: MemoryClusterOptions = {}) => {
  const cluster = createMemoryCluster(options);
  for (const topic of ["a", "b"]) cluster.createTopic(topic, { partitions: 2 });
  const connect = () => {
    const transport = cluster.transport();
    transports.push(transport);
    return transport;
  };
  const join = async (memberOptions?: TestMemberOptions) => {
    const transport = connect();
    const member = { ...testMember(transport, memberOptions), transport };
    await member.consumer.start();
    return member;
  };
  const put = (text: string, topic = "a", partition = 0) =>
    cluster.faults.produce({ topic, partition, value: Buffer.from(text) });
  return { cluster, connect, join, put, faults: cluster.faults };
};
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
});

describe("an owner that stalls", () => {
  it("loses its lanes when its session ends; awake, it hears that and joins again", async () => {
    const { cluster, join, put, faults } = setUp();
    const zombie = await join();
    await until(() => expect(zombie.owned()).toHaveLength(4));
    const other = await join();
    await until(() => expect(other.owned()).toHaveLength(2));
    const [owned = ""] = zombie.owned();
    const at = { topic: "a", partition: Number(owned.slice(2)) };
    const wake = faults.stall({ groupId: "g", ...at }, { expireAfterMs: 0 });
    await until(() => expect(other.owned()).toHaveLength(4));
    put("while it sleeps", "a", at.partition);
    await until(() => expect(texts(other.records)).toEqual(["while it sleeps"]));
    await zombie.consumer.commit([{ ...at, offset: 99 }]);
    expect(cluster.committed("g", at)).toBeNull();
    expect(zombie.log.filter((line) => line.includes("lost"))).toEqual([]);
    expect(zombie.records).toEqual([]);
    wake();
    await until(() => expect(zombie.log.slice(-2)).toEqual(["revoked 2 lost", "assigned 2"]));
    // It hears of the same generation in a turn of its own.
    await until(() => expect(other.owned()).toHaveLength(2));
  });

  it("commits nothing more from the moment it is out, though its lanes have no new owner yet", async () => {
    const { cluster, join, faults } = setUp();
    const leaving = Promise.withResolvers<void>();
    const zombie = await join();
    await until(() => expect(zombie.owned()).toHaveLength(4));
    const other = await join({ revoked: () => leaving.promise });
    await until(() => expect(other.owned()).toHaveLength(2));
    const mine = zombie
      .owned()
      .map((name) => ({ topic: name.slice(0, 1), partition: Number(name.slice(2)), offset: 99 }));
    faults.stall(zombie.transport, { expireAfterMs: 0 });
    await until(() => expect(other.log.at(-1)).toBe("revoked 2 rebalance"));
    await zombie.consumer.commit(mine);
    expect(mine.map((partition) => cluster.committed("g", partition))).toEqual([null, null]);
    leaving.resolve();
    await until(() => expect(other.owned()).toHaveLength(4));
  });

  it("is not back before it is awake, though it had no lanes to lose", async () => {
    const { cluster, join, faults } = setUp();
    await Promise.all([join(), join()]);
    // One member more than lanes.
    const idle = await join();
    await until(() => expect(cluster.group("g").generation).toBe(2));
    expect(cluster.group("g").members.size).toBe(3);
    const wake = faults.stall(idle.transport, { expireAfterMs: 0 });
    await until(() => expect(cluster.group("g").generation).toBe(3));
    await turn();
    expect(cluster.group("g").members.size).toBe(2);
    wake();
    await until(() => expect(cluster.group("g").members.size).toBe(3));
  });

  it("goes on where it was when it wakes in time", async () => {
    const { join, put, faults } = setUp({ sessionTimeoutMs: 60_000 });
    const member = await join();
    await until(() => expect(member.owned()).toHaveLength(4));
    const wake = faults.stall(member.transport);
    put("x");
    await turn();
    expect(member.records).toEqual([]);
    wake();
    await until(() => expect(texts(member.records)).toEqual(["x"]));
    expect(member.log).toEqual(["assigned 4"]);
  });

  it("holds a rebalance up until its session ends", async () => {
    const { join, faults } = setUp({ sessionTimeoutMs: 60 });
    const member = await join();
    await until(() => expect(member.owned()).toHaveLength(4));
    faults.stall(member.transport);
    const started = performance.now();
    const other = await join();
    await until(() => expect(other.owned()).toHaveLength(4));
    expect(performance.now() - started).toBeGreaterThan(30);
  });

  it("can still be stopped", async () => {
    const { join, faults, cluster } = setUp();
    const member = await join();
    await until(() => expect(member.owned()).toHaveLength(4));
    faults.stall(member.transport, { expireAfterMs: 0 });
    await until(() => expect(cluster.group("g").members.size).toBe(0));
    await member.consumer.stop();
    expect(member.log.at(-1)).toBe("revoked 4 lost");
  });

  it("exists: to stall none is refused", () => {
    const { faults } = setUp();
    expect(() => faults.stall({ groupId: "g", ...a0 })).toThrow(/\[options_invalid\] no member of g owns a\/0/);
  });
});

describe("fetches that are held back", () => {
  it("come rounds after what lies on other partitions", async () => {
    const { join, put, faults } = setUp();
    const release = faults.holdFetches({ topic: "a" });
    put("cause", "a");
    put("effect", "b");
    const member = await join();
    await until(() => expect(texts(member.records)).toEqual(["effect"]));
    await turn();
    expect(member.records).toHaveLength(1);
    release();
    await until(() => expect(texts(member.records)).toEqual(["effect", "cause"]));
  });
});

describe("an outage", () => {
  it("brings nothing and loses nothing", async () => {
    const { join, put, faults } = setUp();
    const member = await join();
    await until(() => expect(member.owned()).toHaveLength(4));
    const back = faults.outage();
    put("x");
    await turn();
    await expect(member.consumer.commit([{ ...a0, offset: 1 }])).rejects.toEqual(
      expect.objectContaining({ code: "transport_unavailable" }),
    );
    expect(member.records).toEqual([]);
    back();
    await until(() => expect(texts(member.records)).toEqual(["x"]));
  });
});

describe("a log that is not what it was", () => {
  const started = async () => {
    const world = setUp();
    for (const text of ["0", "1", "2"]) world.put(text);
    const member = await world.join();
    await until(() => expect(member.records).toHaveLength(3));
    return { ...world, member };
  };
  const outOfRange = [expect.objectContaining({ code: "offset_out_of_range" })];

  it("cut off below its reader stops the reader", async () => {
    const { member, faults, cluster } = await started();
    faults.truncate(a0, 1);
    await until(() => expect(member.errors).toEqual(outOfRange));
    expect(member.log).toEqual(["assigned 4", "revoked 4 lost"]);
    expect(texts(cluster.records("a", 0))).toEqual(["0"]);
  });

  it("recreated stops the reader and forgets what was committed", async () => {
    const { member, faults, cluster } = await started();
    await member.consumer.commit([{ ...a0, offset: 3 }]);
    expect(cluster.committed("g", a0)).toBe(3);
    faults.recreateTopic("a");
    await until(() => expect(member.errors).toMatchObject([{ code: "log_replaced" }]));
    expect(cluster.committed("g", a0)).toBeNull();
    expect(cluster.records("a", 0)).toEqual([]);
  });

  it("deleted up to its reader goes on, deleted beyond it stops the reader", async () => {
    const { member, faults, put } = await started();
    faults.deleteRecords(a0, 3);
    put("3");
    await until(() => expect(texts(member.records).at(-1)).toBe("3"));
    const release = faults.holdFetches();
    put("4");
    put("5");
    faults.deleteRecords(a0, 5);
    release();
    await until(() => expect(member.errors).toEqual(outOfRange));
    expect(String(member.errors[0])).toContain("offsets 4 to 4 were deleted");
  });

  it("with gaps is read over them", async () => {
    const { member, faults, put, connect } = await started();
    faults.skipOffsets(a0, 3);
    put("6");
    await until(() => expect(member.records.at(-1)?.offset).toBe(6));
    expect(await connect().logRanges([a0])).toEqual([{ start: 0, end: 7 }]);
  });
});

describe("foreign records", () => {
  it("are written as they are", () => {
    const { cluster, faults } = setUp();
    const value = Uint8Array.of(0xff, 0x00);
    expect(faults.produce({ ...a0, value, timestampMs: 5 })).toBe(0);
    expect(cluster.records("a", 0)).toEqual([{ ...a0, offset: 0, key: null, value, headers: [], timestampMs: 5 }]);
  });

  it("that repeat another get offsets of their own", () => {
    const { cluster, faults, put } = setUp();
    put("x");
    put("y");
    expect(faults.duplicate({ ...a0, offset: 0 })).toBe(2);
    expect(texts(cluster.records("a", 0))).toEqual(["x", "y", "x"]);
    expect(() => faults.duplicate({ ...a0, offset: 9 })).toThrow(/has no record at 9/);
  });
});

describe("the cluster", () => {
  it("behind a mirror has another id", async () => {
    const { cluster, connect, faults } = setUp({ clusterId: "one" });
    const transport = connect();
    expect(await transport.clusterId()).toBe("one");
    faults.changeClusterId("two");
    expect([await transport.clusterId(), cluster.clusterId]).toEqual(["two", "two"]);
  });

  it("tells the partition counts of the topics that exist, and makes none", async () => {
    const { cluster, connect } = setUp();
    expect(await connect().partitionCounts(["a", "nowhere"])).toEqual(new Map([["a", 2]]));
    expect([...cluster.topics().keys()]).toEqual(["a", "b"]);
  });

  it.each([{ brokers: 0 }, { maxBytes: -1 }, { sessionTimeoutMs: 0 }, { rebalanceTimeoutMs: Number.NaN }])(
    "refuses %o",
    (options) => {
      expect(() => createMemoryCluster(options)).toThrow(/\[options_invalid\]/);
    },
  );
});

describe("read", () => {
  it("ends at the log's end, at the caller's, and with the caller's signal", async () => {
    const { connect, put } = setUp();
    for (const text of ["0", "1", "2"]) put(text);
    const transport = connect();
    const all = async (to: number, signal?: AbortSignal) => {
      const found: string[] = [];
      for await (const batch of transport.read(a0, { from: 0, to }, signal ? { signal } : {}))
        found.push(...texts(batch.records));
      return found;
    };
    expect(await all(2)).toEqual(["0", "1"]);
    expect(await all(99)).toEqual(["0", "1", "2"]);
    await expect(all(99, AbortSignal.abort())).rejects.toEqual(expect.objectContaining({ code: "aborted" }));
  });

  it("leaves out the records whose key is not wanted, and asks about those of the range alone", async () => {
    const { cluster, connect } = setUp();
    for (const key of ["1", "2", null, "1", "2", "1"])
      cluster.faults.produce({ ...a0, key: key === null ? null : Buffer.from(key) });
    const asked: (string | null)[] = [];
    const keep = (key: Uint8Array | null) => asked.push(key && String(key)) > 0 && String(key) === "1";
    const found: number[] = [];
    let next = 0;
    for await (const { records, nextOffset } of connect().read(a0, { from: 1, to: 5 }, { keep })) {
      found.push(...records.map(({ offset }) => offset));
      next = nextOffset;
    }
    expect([found, asked, next]).toEqual([[3], ["2", null, "1", "2"], 5]);
  });
});
