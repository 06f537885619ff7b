import type { ProducerRecord } from "@keyline/runtime/transport";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { openWorld } from "../kit/world.js";

const recordOf = (text: string): ProducerRecord => ({
  key: Buffer.from("7"),
  value: Buffer.from(text),
  headers: [],
  timestampMs: Date.now(),
});

/** A transport's own part of the order: one append of a topic-partition at a time. */
export function overlapTests(harness: Harness): void {
  describe("a second append to a topic-partition", () => {
    it("is refused while one is in flight, before anything of it is written, and harms no other", async () => {
      const { cluster, process } = await openWorld(harness);
      const producer = process().inner.createProducer();
      const append = (partition: number, text: string) => producer.append("orders.paid", partition, [recordOf(text)]);
      const first = append(0, "first");
      const second = append(0, "second");
      const elsewhere = append(1, "elsewhere");
      await expect(second).rejects.toMatchObject({ code: "options_invalid", retryable: false });
      expect([await first, await elsewhere]).toEqual([{ offset: 0 }, { offset: 0 }]);
      // One after the other they may come at any time.
      expect([await append(0, "third"), await append(0, "fourth")]).toEqual([{ offset: 1 }, { offset: 2 }]);
      const log = (await cluster.readAll("orders.paid")).filter(({ partition }) => partition === 0);
      expect(log.map(({ value }) => Buffer.from(value ?? []).toString())).toEqual(["first", "third", "fourth"]);
    });

    it("may follow one that was refused or has failed", async () => {
      const { process } = await openWorld(harness);
      const producer = process().inner.createProducer();
      const append = (signal?: AbortSignal) =>
        producer.append("orders.paid", 0, [recordOf("x")], signal ? { signal } : {});
      await expect(append(AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
      expect(await append()).toEqual({ offset: 0 });
    });
  });
}
