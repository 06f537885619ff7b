import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, ConsumerOptions } from "@keyline/runtime";
import { createRandom } from "@keyline/runtime/testing";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { createConsumer, lanes, type OrderTopicName, type OrderTopics } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { type Call, createRecorder } from "../kit/recorder.js";
import { laneOf, openWorld, range, rawOrder, sameLane, until, type World } from "../kit/world.js";

const names = ["placed", "paid", "shipped"] as const;

/** P5: a key never has two events in a handler at once; different keys run side by side; memory is bounded. */
export function oneAtATimeSuite(harness: Harness): void {
  describe("P5 one at a time", () => {
    it("a key's handlers never overlap, over topics too, however long each takes; each key in order", async () => {
      const world = await openWorld(harness);
      const random = createRandom(3).next;
      const producer = world.producer();
      for (const n of range(0, 20))
        for (const order_id of range(1, 9)) void producer[names[n % 3] ?? "paid"]({ order_id, n });
      await producer.flush();
      const { recorder } = await consume(world, {}, async () => {
        for (let turns = random() * 4; turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
      });
      await until(() => expect(recorder.calls).toHaveLength(160));
      await until(() => expect(recorder.calls.every(({ endedAt }) => endedAt !== null)).toBe(true));
      expect(recorder.overlaps()).toEqual([]);
      for (const key of range(1, 9)) expect(recorder.of(key)).toEqual(range(0, 20));
      expect(recorder.most()).toBeGreaterThan(1);
    });

    it("a key whose event also lies on a wrong partition still has one handler at a time", async () => {
      const world = await openWorld(harness);
      const wrong = (laneOf(42) + 1) % lanes;
      await world.producer().paid({ order_id: 42, n: 0 });
      await world.cluster.produceRaw({ topic: "orders.paid", partition: wrong, key: "42", value: rawOrder(42, 1) });
      const gate = Promise.withResolvers<void>();
      const { recorder } = await consume(world, {}, () => gate.promise);
      const [probe = 0] = range(1, 100).filter((id) => laneOf(id) === wrong);
      await world.producer().paid({ order_id: probe, n: 2 });
      await until(() => expect(recorder.of(probe)).toEqual([2]));
      expect(recorder.of(42)).toHaveLength(1);
      gate.resolve();
      await until(() => expect([...recorder.of(42)].sort()).toEqual([0, 1]));
      expect(recorder.overlaps()).toEqual([]);
    });

    it("keys of one partition, and of several, run side by side, as many as asked for and no more", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const ids = [...sameLane(1, 6), ...range(1000, 1010)];
      await Promise.all(ids.map((order_id) => producer.paid({ order_id, n: 0 })));
      const gate = Promise.withResolvers<void>();
      const { recorder } = await consume(world, { concurrency: 4 }, async () => {
        await gate.promise;
        await new Promise((resolve) => setImmediate(resolve));
      });
      await until(() => expect(recorder.calls).toHaveLength(4));
      gate.resolve();
      await until(() => expect(recorder.calls).toHaveLength(ids.length));
      expect(recorder.most()).toBe(4);
    });

    it("a key whose handler hangs holds up no other key, of its partition or of another", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [slow = 0, ...others] = [...sameLane(1, 4), ...range(100, 110)];
      await producer.paid({ order_id: slow, n: 0 });
      await Promise.all(others.map((order_id) => producer.paid({ order_id, n: 1 })));
      const { recorder } = await consume(world, { concurrency: 2 }, ({ key }) =>
        key === String(slow) ? new Promise(() => undefined) : undefined,
      );
      await until(() => expect(new Set(recorder.calls.map(({ key }) => key)).size).toBe(others.length + 1));
    });

    it("a partition with much to do starves no other, when all slots are taken", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const busy = sameLane(1, 20);
      const [other = 0] = range(1, 100).filter((id) => laneOf(id) !== laneOf(1));
      await Promise.all(range(0, 200).map((n) => producer.paid({ order_id: busy[n % 20] ?? 0, n })));
      await producer.paid({ order_id: other, n: 0 });
      const { recorder } = await consume(world, { concurrency: 2 }, () => sleep(5));
      await until(() => expect(recorder.calls).toHaveLength(201));
      expect(recorder.calls.findIndex(({ key }) => key === String(other))).toBeLessThan(150);
    });

    it("memory is bounded: a partition whose events are not handled is fetched no further, others are", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [full = 0] = sameLane(1, 1);
      const [other = 0] = range(1, 50).filter((id) => laneOf(id) !== laneOf(full));
      await Promise.all(range(0, 300).map((n) => producer.paid({ order_id: full, n })));
      const gate = Promise.withResolvers<void>();
      const process = world.process({ maxRecordsPerFetch: 5 });
      const { recorder } = await consume(world, { bufferRecords: 20, process }, ({ key }) =>
        key === String(full) ? gate.promise : undefined,
      );
      await until(() => expect(process.paused).toContain(`orders.paid/${laneOf(full)}`));
      await Promise.all(range(0, 60).map((n) => producer.paid({ order_id: other, n })));
      await until(() => expect(recorder.of(other)).toEqual(range(0, 60)));
      const unfinished = process.received.filter(({ partition }) => partition === laneOf(full)).length;
      expect(unfinished).toBeGreaterThanOrEqual(20);
      expect(unfinished).toBeLessThanOrEqual(25);
      gate.resolve();
      await until(() => expect(recorder.of(full)).toEqual(range(0, 300)));
      expect(process.paused).toEqual(new Set());
    });

    it("memory is bounded in bytes: beyond the budget nothing is fetched, a larger event passes, and all come in the end", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [large = 0, other = 0] = [1, ...range(2, 50).filter((id) => laneOf(id) !== laneOf(1))];
      for (const n of range(0, 60)) void producer.paid({ order_id: large, n, note: "x".repeat(200_000) });
      await producer.flush();
      const gate = Promise.withResolvers<void>();
      const process = world.process({ maxRecordsPerFetch: 2 });
      const { recorder, consumer } = await consume(world, { bufferBytes: 100_000, process }, ({ key }) =>
        key === String(large) ? gate.promise : undefined,
      );
      await until(() => expect(process.paused).toContain(`orders.paid/${laneOf(large)}`));
      await Promise.all(range(60, 90).map((n) => producer.paid({ order_id: other, n })));
      await until(() => expect(recorder.of(other)).toEqual(range(60, 90)));
      // One fetch that was handed over, and on a broker one that was under way: a megabyte each.
      expect(bufferedBytes(consumer)).toBeGreaterThan(200_000);
      expect(bufferedBytes(consumer)).toBeLessThan(2_500_000);
      gate.resolve();
      await until(() => expect(recorder.of(large)).toEqual(range(0, 60)));
      await until(() => expect([bufferedBytes(consumer), process.paused]).toEqual([0, new Set()]));
    });

    it("only what is finished without a gap is committed; after a crash the rest is handled again, nothing is lost", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [slow = 0, quick = 0, tail = 0] = sameLane(1, 3);
      const place = { topic: "orders.paid", partition: laneOf(slow) };
      await producer.paid({ order_id: quick, n: 0 });
      await producer.paid({ order_id: slow, n: 1 });
      for (const n of range(2, 8)) await producer.paid({ order_id: quick, n });
      const process = world.process();
      const first = await consume(world, { process, commitIntervalMs: 1 }, ({ key }) =>
        key === String(slow) ? new Promise(() => undefined) : undefined,
      );
      await until(() => expect(first.recorder.of(quick)).toEqual([0, 2, 3, 4, 5, 6, 7]));
      await until(() => expect(process.commits).toContainEqual({ ...place, offset: 1 }));
      await producer.paid({ order_id: tail, n: 8 });
      await until(() => expect(first.recorder.of(tail)).toEqual([8]));
      const high = process.commits.filter(
        ({ topic, partition }) => topic === place.topic && partition === place.partition,
      );
      expect(Math.max(...high.map(({ offset }) => offset))).toBe(1);
      await process.crash();
      const second = await consume(world);
      await until(() => expect(second.recorder.of(slow)).toEqual([1]));
      await until(() => expect(second.recorder.of(quick)).toEqual([2, 3, 4, 5, 6, 7]));
      await until(() => expect(second.recorder.of(tail)).toEqual([8]));
    });

    it("a handler that takes too long is told of, holds its key alone, and may give up: then it is called again", async () => {
      const world = await openWorld(harness);
      const [slow = 0, quick = 0] = sameLane(1, 2);
      const late: unknown[] = [];
      const gate = Promise.withResolvers<void>();
      const { recorder, consumer } = await consume(
        world,
        {
          handlerTimeoutMs: 100,
          retry: { firstDelayMs: 1 },
          hooks: { handlerLate: ({ key, attempt, timeoutMs }) => void late.push({ key, attempt, timeoutMs }) },
        },
        async ({ key, attempt, signal }) => {
          if (key !== String(slow) || attempt > 1) return;
          await gate.promise;
          signal.throwIfAborted();
        },
      );
      for (const n of range(0, 2)) await world.producer().paid({ order_id: slow, n });
      await until(() => expect(late).toEqual([{ key: String(slow), attempt: 1, timeoutMs: 100 }]));
      const inLanes = () => consumer.lanes().reduce((sum, { lateHandlers }) => sum + lateHandlers, 0);
      expect(inLanes()).toBe(1);
      await world.producer().paid({ order_id: quick, n: 0 });
      await until(() => expect(recorder.of(quick)).toEqual([0]));
      expect(recorder.of(slow)).toEqual([0]);
      gate.resolve();
      await until(() => expect(recorder.of(slow)).toEqual([0, 0, 1]));
      expect([inLanes(), recorder.overlaps()]).toEqual([0, []]);
    });

    it("a consumer that closes waits for its handlers and commits what they finished", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 5)) await producer.paid({ order_id: 1, n });
      const gate = Promise.withResolvers<void>();
      const { recorder, consumer } = await consume(world, {}, () => gate.promise);
      await until(() => expect(recorder.calls).toHaveLength(1));
      const closed = consumer.close();
      gate.resolve();
      await closed;
      expect(recorder.calls.every(({ endedAt }) => endedAt !== null)).toBe(true);
      const handled = recorder.of(1).length;
      const second = await consume(world);
      await until(() => expect(second.recorder.of(1)).toEqual(range(handled, 5)));
    });

    it("caughtUp right after start waits for what lies in the logs", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      await Promise.all(range(1, 31).map((order_id) => producer.paid({ order_id, n: 0 })));
      const { recorder, consumer } = await consume(world);
      await consumer.caughtUp();
      expect(recorder.calls).toHaveLength(30);
      await Promise.all(range(1, 31).map((order_id) => producer.shipped({ order_id, n: 1 })));
      await consumer.caughtUp();
      expect(recorder.calls).toHaveLength(60);
    });

    it("what a fetch brings again is not handled again", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 12)) await producer.paid({ order_id: 1, n });
      const process = world.process({ maxRecordsPerFetch: 3 });
      const { recorder } = await consume(world, { process: stuttering(process) });
      for (const n of range(12, 15)) await producer.paid({ order_id: 1, n });
      await until(() => expect(recorder.of(1).length).toBeGreaterThanOrEqual(15));
      expect(recorder.of(1)).toEqual(range(0, 15));
    });

    needing(harness, "stall")("ctx.signal fires when the lane is lost; the next owner handles the event", async () => {
      const world = await openWorld(harness);
      await world.producer().paid({ order_id: 1, n: 0 });
      const process = world.process();
      const first = await consume(world, { process, who: "first" }, ({ signal }) => hang(signal));
      await until(() => expect(first.recorder.calls).toHaveLength(1));
      expect(first.recorder.calls[0]?.signal.aborted).toBe(false);
      const wake = faultsOf(world.cluster).stall(process.inner);
      const second = await consume(world, { who: "second" });
      await until(() => expect(second.recorder.of(1)).toEqual([0]));
      wake();
      await until(() => expect(first.recorder.calls[0]?.signal.aborted).toBe(true));
      expect(first.recorder.calls[0]?.signal.reason).toMatchObject({ code: "lane_lost" });
    });

    needing(harness, "stall")(
      "a lane that is lost and comes back to the same process waits for the old handler of a key",
      async () => {
        const world = await openWorld(harness);
        const [deaf = 0, other = 0] = sameLane(1, 2);
        const producer = world.producer();
        await producer.paid({ order_id: deaf, n: 0 });
        const process = world.process();
        const gate = Promise.withResolvers<void>();
        const { recorder } = await consume(world, { process }, ({ key }) =>
          key === String(deaf) ? gate.promise : undefined,
        );
        await until(() => expect(recorder.calls).toHaveLength(1));
        const wake = faultsOf(world.cluster).stall(process.inner);
        const between = await consume(world, {}, ({ signal }) => hang(signal));
        await until(() => expect(between.recorder.of(deaf)).toEqual([0]));
        wake();
        await between.process.crash();
        await producer.paid({ order_id: other, n: 1 });
        await until(() => expect(recorder.of(other)).toContain(1));
        expect(recorder.of(deaf)).toEqual([0]);
        gate.resolve();
        await until(() => expect(recorder.of(deaf)).toEqual([0, 0]));
        expect(recorder.overlaps()).toEqual([]);
      },
    );

    needing(harness, "short-rebalance")(
      "ctx.signal fires for a handler that a rebalance no longer waits for",
      async () => {
        const world = await openWorld(harness, { rebalanceTimeoutMs: 50 });
        await world.producer().paid({ order_id: 1, n: 0 });
        const first = await consume(world, { who: "first" }, ({ signal }) => hang(signal));
        await until(() => expect(first.recorder.calls).toHaveLength(1));
        const second = await consume(world, { who: "second" });
        await until(() => expect(first.recorder.calls[0]?.signal.aborted).toBe(true));
        await until(() => expect(first.recorder.calls.length + second.recorder.calls.length).toBeGreaterThanOrEqual(2));
      },
    );
  });
}

type ConsumeOptions = Partial<ConsumerOptions<OrderTopics>> & { readonly process?: TestProcess; readonly who?: string };

async function consume(world: World, options: ConsumeOptions = {}, run?: (call: Call) => Promise<void> | void) {
  const { process = world.process(), who = "", ...rest } = options;
  const recorder = createRecorder();
  const consumer = createConsumer({
    transport: process.transport,
    groupId: "readers",
    on: recorder.on(names as readonly OrderTopicName[], who, run),
    ...rest,
  });
  await world.start(consumer);
  return { recorder, consumer, process };
}

/** Bytes of what was received and is not finished. */
const bufferedBytes = (consumer: Consumer): number =>
  consumer.lanes().reduce((sum, { unfinishedBytes }) => sum + unfinishedBytes, 0);

/** A handler that ends when it is told that its lane is gone. */
const hang = (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

/** A connection that hands over, after every second batch of a partition, the last two once more. */
function stuttering(process: TestProcess): TestProcess {
  return {
    ...process,
    transport: {
      ...process.transport,
      createConsumer(options) {
        const last = new Map<string, Parameters<typeof options.events.batch>[0][]>();
        const batch: typeof options.events.batch = (fetched) => {
          const name = `${fetched.topic}/${fetched.partition}`;
          const recent = [...(last.get(name) ?? []), fetched];
          options.events.batch(fetched);
          if (recent.length === 2) for (const again of recent) options.events.batch(again);
          last.set(name, recent.length === 2 ? [] : recent);
        };
        return process.transport.createConsumer({ ...options, events: { ...options.events, batch } });
      },
    },
  };
}
