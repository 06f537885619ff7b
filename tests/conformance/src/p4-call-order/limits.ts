import { KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { openWorld, payloadOf, range, within } from "../kit/world.js";
import { expectCallOrder } from "./order.js";
import { alternating, open, unreachable } from "./sends.js";

/** What is too large, or too much. */
export function limitTests(harness: Harness): void {
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

  it("a batch that is larger than its topic takes goes in parts, in order; what is too large by itself is rejected alone", async () => {
    const { process, producer, cluster } = await open(harness);
    await producer.connect();
    process.intercept("orders.paid", ({ records }, forward) => {
      const bytes = records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);
      if (bytes <= 3000) return forward();
      return Promise.reject(new KeylineError("record_too_large", "the broker takes no batch that large"));
    });
    const note = (n: number) => ({ note: "x".repeat(n === 9 ? 4000 : 500) });
    const sends = range(0, 20).map((n) => producer.paid({ order_id: 7, n, ...note(n) }));
    const settled = await Promise.allSettled(sends);
    expect(settled.flatMap(({ status }, n) => (status === "rejected" ? [n] : []))).toEqual([9]);
    const written = range(0, 20).filter((n) => n !== 9);
    expect((await cluster.readAll("orders.paid")).map((record) => payloadOf(record).n)).toEqual(written);
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
}
