import { DoNotRetry, KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { lettersOf, redelivered } from "../kit/letters.js";
import { createConsumer } from "../kit/orders.js";
import { openReader } from "../kit/reader.js";
import { headerOf, keyOf, laneOf, openWorld, payloadOf, range, rawOrder, sameLane, until } from "../kit/world.js";
import { tooLargeLetterTests } from "./too-large.js";

/** P7, in its form `skip`: a failing event delays only its own key; then it goes to the dead letters with its history. */
export function failureSuite(harness: Harness): void {
  describe("P7 failure", () => {
    it("a failing event is tried again with growing pauses, then dead-lettered; its key goes on in order", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.placed({ order_id: 7, n });
      const { recorder, seen } = await openReader(world, {
        retry: { attempts: 4, firstDelayMs: 5 },
        run: ({ n }) => fail(n === 1),
      });
      await until(() => expect(recorder.of(7)).toEqual([0, 1, 1, 1, 1, 2]));
      expect(recorder.calls.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 3, 4, 1]);
      expect(seen.retried.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
        [1, 5],
        [2, 10],
        [3, 20],
      ]);
      expect(seen.deadLettered.map(({ key, offset, error }) => [key, offset, error.code])).toEqual([
        ["7", 1, "handler_failed"],
      ]);
    });

    it("an event that succeeds on a later attempt is handled, and nothing is dead-lettered", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 2)) await producer.placed({ order_id: 7, n });
      const { recorder, seen } = await openReader(world, {
        retry: { firstDelayMs: 1 },
        run: ({ n, attempt }) => fail(n === 0 && attempt < 4),
      });
      await until(() => expect(recorder.of(7)).toEqual([0, 0, 0, 0, 1]));
      expect(seen.deadLettered).toEqual([]);
      expect(await world.cluster.readAll("orders.placed.dlq")).toEqual([]);
    });

    it("only its own key waits: others, of the same partition and with one slot, are handled meanwhile", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [failing = 0, ...others] = sameLane(1, 5);
      await producer.placed({ order_id: failing, n: 0 });
      await producer.paid({ order_id: failing, n: 1 });
      for (const order_id of others) for (const n of range(0, 5)) await producer.placed({ order_id, n });
      const { recorder } = await openReader(world, {
        concurrency: 1,
        retry: { attempts: 3, firstDelayMs: 60_000, withinMs: 600_000 },
        run: ({ key }) => fail(key === String(failing)),
      });
      for (const key of others) await until(() => expect(recorder.of(key)).toEqual(range(0, 5)));
      expect(recorder.of(failing)).toEqual([0]);
    });

    it("only its own key waits, however many events have come behind it", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [failing = 0, other = 0] = sameLane(1, 2);
      await Promise.all(range(0, 200).map((n) => producer.placed({ order_id: failing, n })));
      await producer.placed({ order_id: other, n: 0 });
      const { recorder } = await openReader(world, {
        process: world.process({ maxRecordsPerFetch: 5 }),
        bufferRecords: 10,
        retry: { attempts: 3, firstDelayMs: 60_000, withinMs: 600_000 },
        run: ({ key }) => fail(key === String(failing)),
      });
      await until(() => expect(recorder.of(other)).toEqual([0]));
      expect(recorder.of(failing)).toEqual([0]);
    });

    it("a failure that no second try mends is given up at once, by its error or by the policy", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.placed({ order_id: 7, n });
      const { recorder, seen } = await openReader(world, {
        retry: { attempts: 3, firstDelayMs: 1, if: (thrown) => !(thrown instanceof TypeError) },
        run: ({ n }) => {
          if (n === 0) throw new DoNotRetry("no such module");
          if (n === 1) throw new TypeError("no such module");
          throw new Error("once more");
        },
      });
      await until(() => expect(recorder.of(7)).toEqual([0, 1, 2, 2, 2]));
      const [letter] = await lettersOf(world, "orders.placed", 3);
      expect(letter && headerOf(letter, "keyline-error-message")).toContain("no such module");
      expect(letter && headerOf(letter, "keyline-error-attempts")).toBe("1");
      expect(seen.retried.map(({ offset }) => offset)).toEqual([2, 2]);
    });

    it("a dead letter that is sent again is handled by the group that gave it up, at least once, and by no other", async () => {
      const world = await openWorld(harness);
      const faults = new Set([1]);
      const producer = world.producer();
      for (const n of range(0, 2)) await producer.placed({ order_id: 7, n });
      const run = ({ n }: { readonly n: number }) => fail(faults.has(n));
      const mailer = await openReader(world, { groupId: "mailer", retry: { attempts: 1 }, run });
      const others = await openReader(world, { groupId: "others" });
      const [letter] = await lettersOf(world, "orders.placed");
      if (!letter) throw new Error("there is no letter");
      expect(headerOf(letter, "keyline-error-replay")).toBe("at-least-once");
      faults.clear();
      await world.cluster.produceRaw(redelivered(letter));
      await world.cluster.produceRaw({ ...redelivered(letter, "others"), value: "no json" });
      await producer.placed({ order_id: 7, n: 9 });
      await until(() => expect(mailer.recorder.of(7)).toEqual([0, 1, 1, 9]));
      await until(() => expect(others.recorder.of(7)).toEqual([0, 1, 9]));
      expect(mailer.seen.ignored.map(({ reason }) => reason)).toEqual(["other_group"]);
      expect(others.seen.ignored.map(({ reason }) => reason)).toEqual(["other_group"]);
    });

    it("attempts end when their time is over", async () => {
      const world = await openWorld(harness);
      await world.producer().placed({ order_id: 7, n: 0 });
      const { seen } = await openReader(world, {
        retry: { attempts: 100, firstDelayMs: 1000, withinMs: 500 },
        run: () => fail(true),
      });
      await until(() => expect(seen.deadLettered).toHaveLength(1));
      expect(seen.retried).toEqual([]);
    });

    it("a dead letter is the record as it was, on the same partition, with its history", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0 });
      const sent = await producer.placed({ order_id: 7, n: 1 }, { headers: { "x-tenant": "school" } });
      const before = Date.now();
      const { seen } = await openReader(world, {
        retry: { attempts: 2, firstDelayMs: 5 },
        run: ({ n }) => fail(n === 1),
      });
      await until(() => expect(seen.deadLettered).toHaveLength(1));
      const original = (await world.cluster.readAll("orders.placed")).find(({ offset }) => offset === sent.offset);
      const [letter, ...more] = await world.cluster.readAll("orders.placed.dlq");
      expect(more).toEqual([]);
      if (!letter || !original) throw new Error("no letter");
      expect(keyOf(letter)).toBe("7");
      expect(letter.partition).toBe(sent.partition);
      expect(Buffer.from(letter.value ?? [])).toEqual(Buffer.from(original.value ?? []));
      const texts = (headers: typeof letter.headers) =>
        headers.map(([name, value]) => [name, Buffer.from(value).toString()]);
      expect(texts(letter.headers).slice(0, original.headers.length)).toEqual(texts(original.headers));
      const history = (name: string) => headerOf(letter, `keyline-error-${name}`);
      expect(history("code")).toBe("handler_failed");
      expect(history("message")).toContain("as the test says");
      expect(history("group")).toBe("readers");
      expect([history("topic"), history("partition"), history("offset")]).toEqual([
        "orders.placed",
        String(sent.partition),
        "1",
      ]);
      expect(history("attempts")).toBe("2");
      const [first, last] = [Date.parse(history("first-at") ?? ""), Date.parse(history("last-at") ?? "")];
      expect(first).toBeGreaterThanOrEqual(before);
      expect(last).toBeGreaterThanOrEqual(first + 5);
    });

    it("a letter that may or may not be in the log is written again; the group goes on", async () => {
      const world = await openWorld(harness);
      const process = world.process();
      let lost = 1;
      process.intercept("orders.placed.dlq", async (_, forward) => {
        const answer = await forward();
        if (lost-- > 0) throw new KeylineError("outcome_unknown", "the answer was lost");
        return answer;
      });
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.placed({ order_id: 7, n });
      const { recorder } = await openReader(world, { process, retry: { attempts: 1 }, run: ({ n }) => fail(n === 1) });
      await until(() => expect(recorder.of(7)).toEqual([0, 1, 2]));
      const letters = await world.cluster.readAll("orders.placed.dlq");
      expect(new Set(letters.map((letter) => payloadOf(letter).n))).toEqual(new Set([1]));
    });

    tooLargeLetterTests(harness);

    describe("poison", () => {
      const poison: readonly { title: string; value: Uint8Array | string | null; code: string }[] = [
        {
          title: "bytes that are not valid UTF-8",
          value: Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28),
          code: "record_not_json",
        },
        { title: "text that is no JSON", value: "{ order_id: 7", code: "record_not_json" },
        { title: "nothing at all", value: "", code: "record_not_json" },
        { title: "a null value", value: null, code: "record_null" },
        { title: "JSON that is not a valid event", value: "[1, 2]", code: "payload_invalid" },
        { title: "the literal null", value: "null", code: "payload_invalid" },
        {
          title: "an event without a field that it needs",
          value: JSON.stringify({ order_id: 7 }),
          code: "payload_invalid",
        },
        {
          title: "an event of 100,000 levels",
          value: `${rawOrder(7, 99).slice(0, -1)},"deep":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
          code: "payload_invalid",
        },
        {
          title: "a CloudEvent whose data is not a valid event",
          value: JSON.stringify({ specversion: "1.0", data: 1 }),
          code: "payload_invalid",
        },
      ];
      for (const { title, value, code } of poison) {
        it(`${title} goes to the dead letters at once as ${code}; nothing around it is lost or reordered`, async () => {
          const world = await openWorld(harness);
          const producer = world.producer();
          for (const n of range(0, 4)) await producer.paid({ order_id: 7, n });
          await world.cluster.produceRaw({ topic: "orders.paid", partition: laneOf(7), key: "7", value });
          for (const n of range(4, 8)) await producer.paid({ order_id: 7, n });
          const { recorder, seen } = await openReader(world, { retry: { firstDelayMs: 60_000, withinMs: 600_000 } });
          await until(() => expect(recorder.of(7)).toEqual(range(0, 8)));
          expect(seen.deadLettered.map(({ error }) => error.code)).toEqual([code]);
          const [letter] = await world.cluster.readAll("orders.paid.dlq");
          expect(letter && headerOf(letter, "keyline-error-code")).toBe(code);
          expect(letter?.value === null ? null : Buffer.from(letter?.value ?? [])).toEqual(
            value === null ? null : Buffer.from(value),
          );
        });
      }

      it("as large as a batch may be does not stop the group", async () => {
        const world = await openWorld(harness);
        const process = world.process({ maxBatchBytes: 4000 });
        const producer = world.producer();
        await producer.paid({ order_id: 7, n: 0 });
        await world.cluster.produceRaw({
          topic: "orders.paid",
          partition: laneOf(7),
          key: "7",
          value: "x".repeat(3990),
        });
        await producer.paid({ order_id: 7, n: 1 });
        const { recorder } = await openReader(world, { process });
        await until(() => expect(recorder.of(7)).toEqual([0, 1]));
      });

      it("by the dozen, between good events of many keys: each once in the dead letters, all others handled in order", async () => {
        const world = await openWorld(harness);
        const producer = world.producer();
        for (const n of range(0, 40)) {
          await Promise.all(range(1, 6).map((order_id) => producer.paid({ order_id, n })));
          if (n % 2 === 0)
            await world.cluster.produceRaw({
              topic: "orders.paid",
              partition: n % 5,
              key: n % 4 === 0 ? null : "7",
              value: `bad ${n}`,
            });
        }
        const { recorder, seen } = await openReader(world);
        for (const key of range(1, 6)) await until(() => expect(recorder.of(key)).toEqual(range(0, 40)));
        await until(() => expect(seen.deadLettered).toHaveLength(20));
        const letters = (await world.cluster.readAll("orders.paid.dlq")).map(({ value }) =>
          Buffer.from(value ?? []).toString(),
        );
        expect([...letters].sort()).toEqual(
          range(0, 20)
            .map((index) => `bad ${index * 2}`)
            .sort(),
        );
      });
    });

    it("of a topic with two messages, a record that says neither goes to the dead letters; one that says which is handled", async () => {
      const world = await openWorld(harness);
      const place = { topic: "orders.changed", partition: laneOf(7), key: "7" };
      await world.producer().changed.renamed({ order_id: 7, n: 0 });
      await world.cluster.produceRaw({ ...place, value: rawOrder(7, 1) });
      await world.cluster.produceRaw({
        ...place,
        value: rawOrder(7, 2),
        headers: [["keyline-message", Buffer.from("OrderSold")]],
      });
      await world.cluster.produceRaw({
        ...place,
        value: rawOrder(7, 3),
        headers: [["keyline-message", Buffer.from("OrderMoved")]],
      });
      const handled: string[] = [];
      const consumer = createConsumer({
        transport: world.process().transport,
        groupId: "readers",
        on: {
          changed: {
            renamed: ({ n }) => void handled.push(`renamed ${n}`),
            moved: ({ n }) => void handled.push(`moved ${n}`),
          },
        },
      });
      await world.start(consumer);
      await until(() => expect(handled).toEqual(["renamed 0", "moved 3"]));
      const letters = await world.cluster.readAll("orders.changed.dlq");
      expect(letters.map((letter) => headerOf(letter, "keyline-error-code"))).toEqual([
        "message_ambiguous",
        "message_ambiguous",
      ]);
    });

    it("on a topic without keys a failing event holds up no other", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 6)) await producer.logged({ n });
      const handled: number[] = [];
      const consumer = createConsumer({
        transport: world.process().transport,
        groupId: "readers",
        retry: { attempts: 2, firstDelayMs: 10 },
        on: {
          logged: ({ n }) => {
            fail(n === 0);
            handled.push(n);
          },
        },
      });
      await world.start(consumer);
      await until(() => expect([...handled].sort()).toEqual(range(1, 6)));
      await until(async () => expect(await world.cluster.readAll("audit.logged.dlq")).toHaveLength(1));
    });

    it("a restart between attempts begins them again; the event is neither lost nor skipped", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.placed({ order_id: 7, n });
      const first = await openReader(world, {
        commitIntervalMs: 1,
        retry: { attempts: 3, firstDelayMs: 60_000, withinMs: 600_000 },
        run: ({ n }) => fail(n === 1),
      });
      await until(() => expect(first.seen.retried).toHaveLength(1));
      await first.process.crash();
      const second = await openReader(world, {
        retry: { attempts: 3, firstDelayMs: 1 },
        run: ({ n, attempt }) => fail(n === 1 && attempt < 3),
      });
      await until(() => expect(second.recorder.of(7).slice(-4)).toEqual([1, 1, 1, 2]));
      expect(await world.cluster.readAll("orders.placed.dlq")).toEqual([]);
    });

    it("a crash between the letter and the commit repeats the letter at most, and loses nothing", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.placed({ order_id: 7, n });
      const first = await openReader(world, {
        commitIntervalMs: 60_000,
        retry: { attempts: 1 },
        run: ({ n }) => fail(n === 1),
      });
      await until(() => expect(first.seen.deadLettered).toHaveLength(1));
      await first.process.crash();
      const second = await openReader(world, { retry: { attempts: 1 }, run: ({ n }) => fail(n === 1) });
      await until(() => expect(second.recorder.of(7)).toEqual([0, 1, 2]));
      const letters = await world.cluster.readAll("orders.placed.dlq");
      expect(new Set(letters.map((letter) => headerOf(letter, "keyline-error-offset")))).toEqual(new Set(["1"]));
      expect(letters.map((letter) => payloadOf(letter).n)).toContain(1);
    });

    it("an event that fails waits its whole pause, also when an earlier one of its key, held until then, fails too", async () => {
      const world = await openWorld(harness);
      const partition = laneOf(7);
      const [, other = 0] = sameLane(7, 2);
      const shipped = { topic: "orders.shipped", partition, key: String(other), value: rawOrder(other, 0) };
      const after = await world.cluster.produceRaw(shipped);
      await world.cluster.produceRaw({
        ...{ topic: "orders.paid", partition, key: "7", value: rawOrder(7, 1) },
        headers: [["keyline-after", Buffer.from(`orders.shipped/${partition}@${after}`)]],
      });
      const process = world.process();
      const handOver = process.hold("orders.shipped");
      const startedMs: number[] = [];
      const failedMs: number[] = [];
      const held: unknown[] = [];
      const { recorder } = await openReader(world, {
        process,
        names: ["shipped", "paid", "invoiced"],
        retry: { attempts: 6, firstDelayMs: 100 },
        hooks: {
          held: (event) => void held.push(event),
          retried({ topic }) {
            if (topic === "orders.invoiced") failedMs.push(performance.now());
          },
        },
        run: ({ n, attempt }) => {
          if (n === 2) startedMs.push(performance.now());
          fail((n === 1 && attempt === 1) || (n === 2 && attempt < 4));
        },
      });
      await until(() => expect(held).toHaveLength(1));
      await world.cluster.produceRaw({ topic: "orders.invoiced", partition, key: "7", value: rawOrder(7, 2) });
      await until(() => expect(failedMs).toHaveLength(3));
      handOver();
      await until(() => expect(recorder.of(7)).toEqual([2, 2, 2, 1, 1, 2]));
      expect((startedMs[3] ?? 0) - (failedMs[2] ?? 0)).toBeGreaterThanOrEqual(400);
    });

    it("holding a failed key is refused where there is no store", async () => {
      const world = await openWorld(harness);
      const { transport } = world.process();
      const make = () =>
        createConsumer({ transport, groupId: "g", onFailure: "hold", on: { placed: () => undefined } });
      expect(make).toThrow(expect.objectContaining({ code: "options_invalid" }));
    });
  });
}

const fail = (when: boolean) => {
  if (when) throw new Error("as the test says");
};
