import type { KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { openWorld, payloadOf, range, until, within } from "../kit/world.js";
import { expectCallOrder } from "./order.js";
import { alternating, open, roundTrip, unreachable } from "./sends.js";

/** Callers that give up, and producers that end. */
export function endingTests(harness: Harness): void {
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

    it("after its time rejects what was not sent with closed, what is under way with outcome_unknown, and every later send", async () => {
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
}
