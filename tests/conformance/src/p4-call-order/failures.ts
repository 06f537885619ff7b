import { KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { openWorld, payloadOf, range, within } from "../kit/world.js";
import { expectCallOrder, writtenOf } from "./order.js";
import { open, unknown } from "./sends.js";

/** Predecessors that fail. */
export function failureTests(harness: Harness): void {
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

    it("at the very moment when the connection fails a send is rejected too, never forgotten", async () => {
      const world = await openWorld(harness);
      for (const ticks of range(0, 40)) {
        const process = world.process();
        const transport = {
          ...process.transport,
          clusterId: () => Promise.reject(new KeylineError("transport_unavailable", "no broker")),
          createProducer: () => ({ ...process.transport.createProducer(), connect: () => Promise.resolve() }),
        };
        const producer = world.producer({ process: { ...process, transport } });
        const first = producer.paid({ order_id: 7, n: 0 }).catch((error: KeylineError) => error.code);
        for (let tick = 0; tick < ticks; tick += 1) await null;
        const second = producer.paid({ order_id: 7, n: 1 }).catch((error: KeylineError) => error.code);
        const codes = await within(Promise.all([first, second]), 500);
        expect(codes, `after ${ticks} turns`).toEqual(["transport_unavailable", "transport_unavailable"]);
      }
    });
  });
}
