import { KeylineError, type ProducerOptions } from "@keyline/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { allTopics, lanes, type OrderTopicName } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { seededRandom } from "../kit/random.js";
import {
  keyOf,
  type OrderProducer,
  openWorld,
  payloadOf,
  range,
  sameLane,
  until,
  type World,
  within,
} from "../kit/world.js";
import { expectCallOrder, writtenOf } from "./order.js";

/** P4: for one key the log has the acknowledged events in the order of the calls, over all topics. */
export function callOrderSuite(harness: Harness): void {
  describe("P4 call order", () => {
    for (const connectedFirst of [true, false]) {
      it(`un-awaited sends of a key over several topics keep their order, ${connectedFirst ? "once connected" : "across the first connection"}`, async () => {
        const { process, producer } = await open(harness);
        if (connectedFirst) await producer.connect();
        const sends = range(0, 30).map((n) => producer[alternating(n)]({ order_id: 7, n }));
        await Promise.all(sends);
        expectCallOrder(process, 7, range(0, 30));
      });
    }

    it("sends before, while and after connecting form one order", async () => {
      const { process, producer } = await open(harness);
      const sends = [producer.placed({ order_id: 7, n: 0 })];
      const connected = producer.connect();
      sends.push(producer.paid({ order_id: 7, n: 1 }));
      await connected;
      sends.push(producer.shipped({ order_id: 7, n: 2 }), producer.placed({ order_id: 7, n: 3 }));
      await Promise.all(sends);
      expectCallOrder(process, 7, [0, 1, 2, 3]);
    });

    it("many keys keep their orders, travel in batches, and their answers come in order of the calls", async () => {
      const { process, producer } = await open(harness);
      const random = seededRandom(11);
      const answered = new Map<number, number[]>();
      const counts = new Map<number, number>();
      const sends = range(0, 600).map(() => {
        const order_id = 1 + Math.floor(random() * 20);
        const n = counts.get(order_id) ?? 0;
        counts.set(order_id, n + 1);
        const topic = (["placed", "paid", "shipped"] as const)[Math.floor(random() * 3)] ?? "paid";
        return producer[topic]({ order_id, n }).then(() => {
          answered.set(order_id, [...(answered.get(order_id) ?? []), n]);
        });
      });
      await Promise.all(sends);
      for (const [key, count] of counts) {
        expectCallOrder(process, key, range(0, count));
        expect(answered.get(key)).toEqual(range(0, count));
      }
      expect(process.appends.length).toBeLessThan(400);
    });

    it("an event that waits for its predecessor on another topic lets events of other keys pass", async () => {
      const { process, producer } = await open(harness);
      await producer.connect();
      const [slow = 0, other = 0] = sameLane(1, 2);
      const open_ = process.block("orders.placed");
      const first = producer.placed({ order_id: slow, n: 0 });
      const second = producer.paid({ order_id: slow, n: 1 });
      const passing = await producer.paid({ order_id: other, n: 2 });
      expect(passing.offset).toBe(0);
      open_();
      await expect(second).resolves.toMatchObject({ offset: 1 });
      await first;
      expectCallOrder(process, slow, [0, 1]);
    });

    it("never more than one append is under way for a partition", async () => {
      const { process, producer } = await open(harness);
      const sends = range(0, 50).map(async (n) => {
        if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
        await producer.paid({ order_id: 7, n });
      });
      await Promise.all(sends);
      const { appends } = process;
      appends.forEach((append, index) => {
        const next = appends[index + 1];
        if (next) expect(append.endedAt).toBeLessThan(next.startedAt);
      });
    });

    describe("when a predecessor fails", () => {
      it("its successors go without it as a cause, and it rejects with its event's id", async () => {
        const { process, producer, cluster } = await open(harness);
        await producer.connect();
        const off = process.intercept("orders.placed", () => Promise.reject(unknown()));
        const event_id = "0b0c3f6e-1111-4222-8333-444455556666";
        const lost = producer.placed({ order_id: 7, n: 0, event_id });
        const next = producer.paid({ order_id: 7, n: 1 });
        await expect(lost).rejects.toMatchObject({ code: "outcome_unknown", eventId: event_id, retryable: false });
        await next;
        off();
        expect(await cluster.readAll("orders.placed")).toEqual([]);
        expectCallOrder(process, 7, [1]);
        expect(writtenOf(process, 7)[0]?.after).toBeUndefined();
      });

      it("earlier acknowledged events stay causes", async () => {
        const { process, producer } = await open(harness);
        const first = await producer.shipped({ order_id: 7, n: 0 });
        const off = process.intercept("orders.placed", () => Promise.reject(unknown()));
        const lost = producer.placed({ order_id: 7, n: 1 });
        const next = producer.paid({ order_id: 7, n: 2 });
        await expect(lost).rejects.toMatchObject({ code: "outcome_unknown" });
        await next;
        off();
        expect(writtenOf(process, 7).at(-1)?.after).toBe(`orders.shipped/${first.partition}@${first.offset}`);
      });

      it("the events of a failed batch all reject, each with its own id, and what comes next goes on", async () => {
        const { process, producer, cluster } = await open(harness);
        await producer.connect();
        const off = process.intercept("orders.paid", () => Promise.reject(unknown()));
        const settled = await Promise.allSettled(range(0, 5).map((n) => producer.paid({ order_id: 7, n })));
        off();
        const ids = settled.map((one) => (one.status === "rejected" ? one.reason.eventId : null));
        expect(new Set(ids).size).toBe(5);
        await producer.paid({ order_id: 7, n: 5 });
        expect((await cluster.readAll("orders.paid")).map((record) => payloadOf(record).n)).toEqual([5]);
      });
    });

    it("a failure that says nothing was written is tried again in its place", async () => {
      const { process, producer } = await open(harness);
      await producer.connect();
      let failures = 2;
      process.intercept("orders.placed", (_, forward) =>
        failures-- > 0 ? Promise.reject(new KeylineError("transport_unavailable", "no leader")) : forward(),
      );
      await Promise.all(range(0, 6).map((n) => producer[alternating(n)]({ order_id: 7, n })));
      expectCallOrder(process, 7, range(0, 6));
    });

    it("what cannot be delivered within the time rejects, and its successors go on", async () => {
      const { process, producer } = await open(harness, { deliveryTimeoutMs: 60 });
      await producer.connect();
      process.intercept("orders.placed", () => Promise.reject(new KeylineError("transport_unavailable", "no leader")));
      const lost = producer.placed({ order_id: 7, n: 0 });
      const next = producer.paid({ order_id: 7, n: 1 });
      await expect(lost).rejects.toMatchObject({ code: "transport_unavailable", retryable: true });
      await next;
      expectCallOrder(process, 7, [1]);
    });

    describe("an event that is too large", () => {
      it("is rejected at once, alone; events around it go", async () => {
        const { process, producer, cluster } = await open(harness, {}, { maxBatchBytes: 5000 });
        await producer.connect();
        const before = producer.paid({ order_id: 7, n: 0 });
        const large = producer.paid({ order_id: 7, n: 1, note: "x".repeat(5000) });
        const after = producer.paid({ order_id: 7, n: 2 });
        await expect(large).rejects.toMatchObject({ code: "record_too_large" });
        expect(process.appends).toEqual([]);
        await Promise.all([before, after]);
        expect((await cluster.readAll("orders.paid")).map((record) => payloadOf(record).n)).toEqual([0, 2]);
      });

      it("in part: many that fit alone are divided into batches that fit, causes included", async () => {
        const { process, producer, cluster } = await open(harness, {}, { maxBatchBytes: 5000 });
        const sends = range(0, 40).map((n) =>
          producer[alternating(n)]({ order_id: 7, n, note: "x".repeat(1000 + n * 60) }),
        );
        await Promise.all(sends);
        expectCallOrder(process, 7, range(0, 40));
        expect(await cluster.readAll("orders.placed")).not.toEqual([]);
      });
    });

    describe("abort", () => {
      it("takes an event out of the queue; one that is under way runs its course", async () => {
        const { process, producer, cluster } = await open(harness);
        await producer.connect();
        const release = process.block("orders.paid");
        const abort = new AbortController();
        const under = producer.paid({ order_id: 7, n: 0 }, { signal: abort.signal });
        await until(() => expect(process.appends).toHaveLength(1));
        const queued = producer.paid({ order_id: 7, n: 1 }, { signal: abort.signal });
        const next = producer.paid({ order_id: 7, n: 2 });
        abort.abort();
        await expect(queued).rejects.toMatchObject({ code: "aborted" });
        release();
        await Promise.all([under, next]);
        expect((await cluster.readAll("orders.paid")).map((record) => payloadOf(record).n)).toEqual([0, 2]);
      });

      it("of an event in the middle does not let the next overtake the one before", async () => {
        const { process, producer } = await open(harness);
        await producer.connect();
        const release = process.block("orders.placed");
        const abort = new AbortController();
        const first = producer.placed({ order_id: 7, n: 0 });
        const middle = producer.paid({ order_id: 7, n: 1 }, { signal: abort.signal });
        const last = producer.shipped({ order_id: 7, n: 2 });
        abort.abort();
        await expect(middle).rejects.toMatchObject({ code: "aborted" });
        await roundTrip(producer);
        release();
        await Promise.all([first, last]);
        expectCallOrder(process, 7, [0, 2]);
      });

      it("of the last event does not let a later call overtake the one before", async () => {
        const { process, producer } = await open(harness);
        await producer.connect();
        const release = process.block("orders.placed");
        const abort = new AbortController();
        const first = producer.placed({ order_id: 7, n: 0 });
        const last = producer.paid({ order_id: 7, n: 1 }, { signal: abort.signal });
        abort.abort();
        await expect(last).rejects.toMatchObject({ code: "aborted" });
        const later = producer.shipped({ order_id: 7, n: 2 });
        await roundTrip(producer);
        release();
        await Promise.all([first, later]);
        expectCallOrder(process, 7, [0, 2]);
      });

      it("before the connection stands is heard at once", async () => {
        const world = await openWorld(harness);
        const process = world.process();
        const producer = world.producer({ process: { ...process, transport: unreachable(process) } });
        const abort = new AbortController();
        const sent = producer.paid({ order_id: 7, n: 0 }, { signal: abort.signal });
        abort.abort();
        await expect(within(sent, 300)).rejects.toMatchObject({
          code: "aborted",
        });
      });
    });

    describe("close", () => {
      it("waits until everything sent is in the log, also what was sent before the connection stood", async () => {
        const { process, producer } = await open(harness);
        const sends = range(0, 10).map((n) => producer[alternating(n)]({ order_id: 7, n }));
        const settled = Promise.allSettled(sends);
        await producer.close();
        expect((await settled).map(({ status }) => status)).toEqual(range(0, 10).map(() => "fulfilled"));
        expectCallOrder(process, 7, range(0, 10));
      });

      it("rejects what is not settled in time with closed, and every later send", async () => {
        const { process, producer } = await open(harness);
        await producer.connect();
        process.block("orders.placed");
        const stuck = producer.placed({ order_id: 7, n: 0 });
        const behind = producer.paid({ order_id: 7, n: 1 });
        const outcomes = Promise.allSettled([stuck, behind]);
        await producer.close({ timeoutMs: 20 });
        // What is under way may still come into the log; what was not sent never will.
        const settled = await within(outcomes, 500);
        const codes = settled.map((one) => (one.status === "rejected" ? (one.reason as KeylineError).code : "sent"));
        expect(codes).toEqual(["outcome_unknown", "closed"]);
        await expect(producer.paid({ order_id: 7, n: 2 })).rejects.toMatchObject({ code: "closed" });
      });

      it("flush resolves when what was sent before is settled, also before the connection stands", async () => {
        const { producer, cluster } = await open(harness);
        const settled = Promise.allSettled(range(0, 10).map((n) => producer[alternating(n)]({ order_id: 7, n })));
        await producer.flush();
        const counts = ["placed", "paid", "shipped"].map(
          async (name) => (await cluster.readAll(`orders.${name}`)).length,
        );
        expect((await Promise.all(counts)).reduce((sum, count) => sum + count)).toBe(10);
        await settled;
      });
    });

    describe("when more wait than may", () => {
      it("a further one is rejected with queue_full; those that wait go in order", async () => {
        const { process, producer } = await open(harness, { maxQueued: 5 });
        await producer.connect();
        const release = process.block("orders.paid");
        const sends = range(0, 5).map((n) => producer.paid({ order_id: 7, n }));
        const refused = producer.paid({ order_id: 7, n: 5 });
        await expect(refused).rejects.toMatchObject({ code: "queue_full", retryable: true });
        release();
        await Promise.all(sends);
        await producer.paid({ order_id: 7, n: 6 });
        expectCallOrder(process, 7, [0, 1, 2, 3, 4, 6]);
      });

      it("the limit holds while the broker cannot be reached, too", async () => {
        const world = await openWorld(harness);
        const process = world.process();
        const producer = world.producer({ process: { ...process, transport: unreachable(process) }, maxQueued: 5 });
        for (const n of range(0, 5)) void producer.paid({ order_id: 7, n }).catch(() => undefined);
        const refused = within(producer.paid({ order_id: 7, n: 5 }), 300);
        await expect(refused).rejects.toMatchObject({ code: "queue_full" });
      });
    });

    it("a first event on a topic made after connecting is not overtaken by later events of its key", async () => {
      const { "orders.paid": _, ...others } = allTopics;
      const world = await openWorld(harness, { topics: others });
      const process = world.process();
      const producer = world.producer({ process });
      await producer.connect();
      await world.cluster.createTopics({ "orders.paid": lanes });
      await Promise.all([
        producer.paid({ order_id: 7, n: 0 }),
        producer.shipped({ order_id: 7, n: 1 }),
        producer.placed({ order_id: 7, n: 2 }),
      ]);
      expectCallOrder(process, 7, [0, 1, 2]);
    });

    it("a connection that fails rejects what waits for it, writes none of it, and the next send connects anew", async () => {
      const world = await openWorld(harness);
      const process = world.process();
      let down = true;
      const transport = {
        ...process.transport,
        clusterId: () =>
          down ? Promise.reject(new KeylineError("transport_unavailable", "no broker")) : process.transport.clusterId(),
      };
      const producer = world.producer({ process: { ...process, transport } });
      const settled = await Promise.allSettled(range(0, 3).map((n) => producer.paid({ order_id: 7, n })));
      expect(settled).toMatchObject(range(0, 3).map(() => ({ reason: { code: "transport_unavailable" } })));
      down = false;
      await producer.paid({ order_id: 7, n: 3 });
      expectCallOrder(process, 7, [3]);
    });

    it("hooks that throw change nothing, and name the key as it is on the record", async () => {
      const warnings = captureWarnings();
      const keys: (string | null)[] = [];
      const { process, producer } = await open(harness, {
        hooks: {
          sent: () => {
            throw new Error("sent threw");
          },
          acknowledged: ({ key }) => {
            keys.push(key);
            throw new Error("acknowledged threw");
          },
        },
      });
      await Promise.all(range(0, 6).map((n) => producer[alternating(n)]({ order_id: 7, n })));
      expectCallOrder(process, 7, range(0, 6));
      expect(new Set(keys)).toEqual(new Set(["7"]));
      warnings.restore();
    });

    needing(harness, "append-faults")("lost answers: no event twice, none lost, order kept", async () => {
      const { world, process, producer } = await open(harness);
      await producer.connect();
      faultsOf(world.cluster).loseAnswers({ topic: "orders.placed", count: 3 });
      faultsOf(world.cluster).loseAnswers({ topic: "orders.paid", count: 3 });
      await Promise.all(range(0, 30).map((n) => producer[alternating(n)]({ order_id: 7, n })));
      expectCallOrder(process, 7, range(0, 30));
      await expectOnce(world, 7, range(0, 30));
    });

    needing(harness, "append-faults")(
      "an outcome that stays unknown may appear once; its successors go on",
      async () => {
        const { world, process, producer } = await open(harness);
        await producer.connect();
        faultsOf(world.cluster).breakAppends({ topic: "orders.placed", count: 1, written: true });
        const unknownOne = producer.placed({ order_id: 7, n: 0 });
        const rest = range(1, 9).map((n) => producer[alternating(n)]({ order_id: 7, n }));
        await expect(unknownOne).rejects.toMatchObject({ code: "outcome_unknown" });
        await Promise.all(rest);
        expectCallOrder(process, 7, range(1, 9));
        await expectOnce(world, 7, range(0, 9));
      },
    );

    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const aborting = seed > 3;
      const title = `under random faults ${aborting ? "and aborts " : ""}(seed ${seed}): acknowledged events in call order, none twice`;
      needing(harness, "append-faults")(title, () => underFaults(harness, seed, aborting));
    }
  });
}

async function underFaults(harness: Harness, seed: number, aborting: boolean) {
  const random = seededRandom(seed);
  const { world, process, producer } = await open(harness, { maxBatchRecords: 1 + Math.floor(random() * 8) }, {}, seed);
  const faults = faultsOf(world.cluster);
  await producer.connect();
  const acknowledged = new Map<number, number[]>();
  const sends: Promise<unknown>[] = [];
  for (let n = 0; n < 200; n += 1) {
    const order_id = 1 + Math.floor(random() * 6);
    const topic = (["placed", "paid", "shipped"] as const)[Math.floor(random() * 3)] ?? "paid";
    const abort = new AbortController();
    const sent = producer[topic]({ order_id, n }, { signal: abort.signal });
    sends.push(
      sent.then(
        () => acknowledged.set(order_id, [...(acknowledged.get(order_id) ?? []), n]),
        () => undefined,
      ),
    );
    const dice = random();
    const place = { topic: `orders.${topic}`, count: 1 };
    if (dice < 0.03) faults.loseAnswers(place);
    else if (dice < 0.06) faults.refuseAppends(place);
    else if (dice < 0.08) faults.breakAppends({ ...place, written: random() < 0.5 });
    else if (dice < 0.15 && aborting) setImmediate(() => abort.abort());
    if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(sends);
  for (const [key, ns] of acknowledged) {
    expectCallOrder(
      process,
      key,
      [...ns].sort((a, b) => a - b),
    );
    const all = await allOf(world, key);
    expect(new Set(all).size).toBe(all.length);
  }
}

async function open(
  harness: Harness,
  options: Partial<ProducerOptions> = {},
  connect: { readonly maxBatchBytes?: number } = {},
  seed = 1,
) {
  const world = await openWorld(harness, { seed });
  const process = world.process(connect);
  return { world, cluster: world.cluster, process, producer: world.producer({ process, ...options }) };
}

const alternating = (n: number): OrderTopicName =>
  (["placed", "paid", "placed", "shipped", "shipped"] as const)[n % 5] ?? "paid";

const unknown = () => new KeylineError("outcome_unknown", "the connection broke");

/** As long as it takes another lane's event to go and come back on every topic. */
async function roundTrip(producer: OrderProducer) {
  for (const n of range(0, 3))
    await Promise.all([producer.shipped({ order_id: 8, n }), producer.paid({ order_id: 8, n })]);
}

/** The same process, whose broker never answers. */
function unreachable({ transport }: TestProcess) {
  return { ...transport, clusterId: () => new Promise<string>(() => undefined) };
}

async function allOf({ cluster }: World, key: number): Promise<number[]> {
  const topics = await Promise.all(["placed", "paid", "shipped"].map((name) => cluster.readAll(`orders.${name}`)));
  return topics.flat().flatMap((record) => (keyOf(record) === String(key) ? payloadOf(record).n : []));
}

async function expectOnce(world: World, key: number, expected: readonly number[]) {
  expect((await allOf(world, key)).sort((a, b) => a - b)).toEqual(expected);
}

const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});

/** Keeps the process' warnings off the test's output. */
function captureWarnings() {
  const emit = process.emitWarning;
  process.emitWarning = () => undefined;
  const restore = () => {
    process.emitWarning = emit;
  };
  restores.push(restore);
  return { restore };
}
