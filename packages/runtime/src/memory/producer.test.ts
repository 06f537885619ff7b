import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Transport } from "../ports/transport.js";
import { createMemoryCluster } from "./cluster.js";
import { record, texts } from "./test-member.js";

const transports: Transport[] = [];
const setUp = (options: Parameters<ReturnType<typeof createMemoryCluster>["transport"]>[0] = {}, seed = 1) => {
  const cluster = createMemoryCluster({ seed });
  cluster.createTopic("a", { partitions: 2 });
  const transport = cluster.transport(options);
  transports.push(transport);
  const producer = transport.createProducer();
  const written = (partition = 0) => texts(cluster.records("a", partition));
  return { cluster, transport, producer, written, faults: cluster.faults };
};
const failing = (code: string, retryable: boolean) => expect.objectContaining({ code, retryable });

afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
});

describe("append", () => {
  it("resolves with the first offset of the batch", async () => {
    const { producer, cluster } = setUp();
    await expect(producer.append("a", 0, [record("x", "42"), record("y")])).resolves.toEqual({ offset: 0 });
    await expect(producer.append("a", 0, [record("z")])).resolves.toEqual({ offset: 2 });
    expect(cluster.records("a", 0)[1]).toEqual({ topic: "a", partition: 0, offset: 1, ...record("y") });
  });

  it.each([
    ["nowhere", 0],
    ["a", 2],
    ["a", -1],
  ])("refuses %s/%i, which does not exist", async (topic, partition) => {
    await expect(setUp().producer.append(topic, partition, [record("x")])).rejects.toEqual(
      failing("topic_unknown", false),
    );
  });

  it("refuses a batch above the limit, counting keys, values and headers", async () => {
    const { producer, written } = setUp({ maxBatchBytes: 10 });
    const headers = [["h", Buffer.from("123")]] as const;
    await expect(producer.append("a", 0, [{ ...record("12345", "1"), headers }])).resolves.toEqual({ offset: 0 });
    await expect(producer.append("a", 0, [{ ...record("12345", "12"), headers }])).rejects.toEqual(
      failing("record_too_large", false),
    );
    expect(written()).toHaveLength(1);
  });

  it("writes nothing for a caller that has given up", async () => {
    const { producer, written } = setUp();
    const signal = AbortSignal.abort();
    await expect(producer.append("a", 0, [record("x")], { signal })).rejects.toEqual(failing("aborted", false));
    expect(written()).toEqual([]);
  });

  it("reaches partitions in any order when calls are under way together", async () => {
    const orders = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const { producer } = setUp({}, seed);
      const order: number[] = [];
      await Promise.all(
        [0, 1].map((partition) => producer.append("a", partition, [record("x")]).then(() => order.push(partition))),
      );
      orders.add(order.join());
    }
    expect([...orders].sort()).toEqual(["0,1", "1,0"]);
  });
});

describe("a lost answer", () => {
  it("is asked for again and nothing is written twice", async () => {
    const { producer, written, faults } = setUp();
    await producer.append("a", 0, [record("before")]);
    faults.loseAnswers({ count: 3 });
    await expect(producer.append("a", 0, [record("x"), record("y")])).resolves.toEqual({ offset: 1 });
    await expect(producer.append("a", 0, [record("z")])).resolves.toEqual({ offset: 3 });
    expect(written()).toEqual(["before", "x", "y", "z"]);
  });

  it("lost again and again leaves the outcome unknown; what follows is written under a new id", async () => {
    const { producer, written, faults } = setUp({ retries: 2 });
    const off = faults.loseAnswers();
    await expect(producer.append("a", 0, [record("x")])).rejects.toEqual(failing("outcome_unknown", false));
    off();
    await expect(producer.append("a", 0, [record("y")])).resolves.toEqual({ offset: 1 });
    expect(written()).toEqual(["x", "y"]);
  });

  it("on one partition does not let a retry on another be written twice", async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { producer, written, faults } = setUp({ retries: 3 }, seed);
      faults.loseAnswers({ partition: 0, count: 3 });
      faults.breakAppends({ partition: 1, written: true, count: 1 });
      const broken = producer.append("a", 1, [record("other")]).catch(() => undefined);
      await producer.append("a", 0, [record("x")]);
      await broken;
      await producer.append("a", 0, [record("y")]);
      expect(written()).toEqual(["x", "y"]);
    }
  });

  it("whatever goes wrong, the log has the acknowledged batches once and in order", async () => {
    const fault = fc.constantFrom("none", "lost", "refused", "late", "written", "unwritten");
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 30 }), fc.integer(), async (list, seed) => {
        const { producer, written, faults } = setUp({ retries: 1 }, seed);
        const acknowledged: string[] = [];
        for (const [index, kind] of list.entries()) {
          if (kind === "lost") faults.loseAnswers({ count: (index % 3) + 1 });
          if (kind === "refused") faults.refuseAppends({ count: 1 });
          if (kind === "late") faults.delayAnswers({ delayMs: 1, count: 1 });
          if (kind === "written" || kind === "unwritten")
            faults.breakAppends({ written: kind === "written", count: 1 });
          await producer.append("a", 0, [record(String(index))]).then(
            () => acknowledged.push(String(index)),
            () => undefined,
          );
        }
        const log = written();
        expect(new Set(log).size).toBe(log.length);
        expect(log.filter((text) => acknowledged.includes(text))).toEqual(acknowledged);
      }),
      { numRuns: 40 },
    );
  });
});

describe("an append that fails", () => {
  it("before it is written may be tried again", async () => {
    const { producer, written, faults } = setUp();
    faults.refuseAppends({ count: 2, partition: 0 });
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(producer.append("a", 0, [record("x")])).rejects.toEqual(failing("transport_unavailable", true));
    }
    expect(written()).toEqual([]);
    await expect(producer.append("a", 0, [record("x")])).resolves.toEqual({ offset: 0 });
  });

  it.each([
    [true, ["x", "y"]],
    [false, ["y"]],
  ])("while under way may have been written: %s", async (isWritten, log) => {
    const { producer, written, faults } = setUp();
    faults.breakAppends({ written: isWritten, count: 1 });
    await expect(producer.append("a", 0, [record("x")])).rejects.toEqual(failing("outcome_unknown", false));
    await producer.append("a", 0, [record("y")]);
    expect(written()).toEqual(log);
  });

  it("because the cluster is out of reach may be tried again, unless an earlier attempt may have arrived", async () => {
    const { producer, transport, written, faults } = setUp();
    const back = faults.outage();
    await expect(producer.append("a", 0, [record("x")])).rejects.toEqual(failing("transport_unavailable", true));
    await expect(transport.clusterId()).rejects.toEqual(failing("transport_unavailable", true));
    back();
    faults.loseAnswers({ count: 1 });
    const append = producer.append("a", 0, [record("y")]);
    await new Promise((resolve) => setImmediate(resolve));
    faults.outage();
    await expect(append).rejects.toEqual(failing("outcome_unknown", false));
    expect(written()).toEqual(["y"]);
  });

  it("does so only where and as long as the fault is on", async () => {
    const { producer, faults } = setUp();
    const off = faults.refuseAppends({ topic: "a", partition: 1 });
    await producer.append("a", 0, [record("x")]);
    await expect(producer.append("a", 1, [record("x")])).rejects.toEqual(failing("transport_unavailable", true));
    off();
    off();
    await producer.append("a", 1, [record("x")]);
  });
});

describe("a late answer", () => {
  it("comes after the record is on the log", async () => {
    const { producer, written, faults } = setUp();
    faults.delayAnswers({ delayMs: 30, count: 1 });
    let answered = false;
    const append = producer.append("a", 0, [record("x")]).then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([written(), answered]).toEqual([["x"], false]);
    await append;
  });

  it("is not waited for when the producer is closed", async () => {
    const { producer, faults } = setUp();
    faults.delayAnswers({ delayMs: 600_000 });
    const append = producer.append("a", 0, [record("x")]);
    const rejected = expect(append).rejects.toEqual(failing("outcome_unknown", false));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await producer.close();
    await rejected;
  });
});
