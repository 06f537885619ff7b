import { KeylineError } from "@keyline/runtime";
import type { ProducerRecord } from "@keyline/runtime/transport";
import { expect, it } from "vitest";
import type { Harness } from "../harness.js";
import type { TestProcess } from "../kit/process.js";
import { openReader } from "../kit/reader.js";
import { caughtUp, headerOf, keyOf, openWorld, payloadOf, range, sameLane, until } from "../kit/world.js";
import { expectOutputs, ledger, logOf, outputsOf, runProjection } from "../p8-effect-once/ledger.js";
import type { StoreHarness } from "../p8-effect-once/stores.js";

const bytesOf = ({ key, value, headers }: ProducerRecord) =>
  (key?.byteLength ?? 0) +
  (value?.byteLength ?? 0) +
  headers.reduce((sum, [name, text]) => sum + name.length + text.byteLength, 0);

/** A topic whose `max.message.bytes` is lower than what the transport lets pass; it is the limit of a whole batch. */
function limit(process: TestProcess, topic: string, maxBytes: number): void {
  process.intercept(topic, ({ records }, forward) => {
    if (records.reduce((sum, record) => sum + bytesOf(record), 0) <= maxBytes) return forward();
    return Promise.reject(new KeylineError("record_too_large", "the broker takes no batch that large"));
  });
}

const [bad = 0, ...good] = sameLane(1, 3);
const long = "x".repeat(5000);
const history = (letter: Parameters<typeof headerOf>[0], ...names: string[]) =>
  names.map((name) => headerOf(letter, `keyline-error-${name}`));

/** A letter that its topic does not take as it is, for handlers. */
export function tooLargeLetterTests(harness: Harness): void {
  const send = async (world: Awaited<ReturnType<typeof openWorld>>) => {
    const producer = world.producer();
    for (const n of range(0, 3))
      for (const order_id of [bad, ...good])
        await producer.paid({ order_id, n, ...(order_id === bad && n === 1 ? { note: long } : {}) });
  };

  for (const [title, most, withKey] of [
    ["goes without its value, and says so, and its size", 2000, true],
    ["goes without its key as well where that is needed", 700, false],
  ] as const) {
    it(`a dead letter that its topic does not take ${title}; every other event is handled`, async () => {
      const world = await openWorld(harness);
      await send(world);
      const process = world.process();
      limit(process, "orders.paid.dlq", most);
      const why = "as the test says ".repeat(withKey ? 1 : 100);
      const { recorder } = await openReader(world, {
        process,
        retry: { attempts: 1 },
        run: ({ key, n }) => (key === String(bad) && n === 1 ? Promise.reject(new Error(why)) : undefined),
      });
      await until(() => expect(recorder.of(bad)).toEqual([0, 1, 2]));
      for (const key of good) await until(() => expect(recorder.of(key)).toEqual([0, 1, 2]));
      const [original] = (await world.cluster.readAll("orders.paid")).filter((record) => payloadOf(record).note);
      const [letter, ...more] = await world.cluster.readAll("orders.paid.dlq");
      if (!letter || !original) throw new Error("no letter");
      expect(more).toEqual([]);
      expect([letter.value, letter.partition, keyOf(letter)]).toEqual([
        null,
        original.partition,
        withKey ? String(bad) : null,
      ]);
      expect(history(letter, "code", "value", "value-bytes", "topic", "offset")).toEqual([
        "handler_failed",
        "omitted: too large",
        String(original.value?.byteLength),
        "orders.paid",
        String(original.offset),
      ]);
    });
  }
}

/** What a topic does not take for its size, for projections. */
export function tooLargeTests(harness: Harness, stores: StoreHarness): void {
  const open = async () => ({ world: await openWorld(harness), store: await stores.createStore() });

  it("a projection's dead letter that its topic does not take goes without its value; a restart changes nothing", async () => {
    const { world, store } = await open();
    const producer = world.producer();
    for (const n of range(0, 3))
      for (const order_id of [bad, ...good])
        await producer.paid({ order_id, n, ...(order_id === bad && n === 1 ? { note: long } : {}) });
    const projection = ledger({
      before: (_, { note }) => {
        if (note) throw new Error("as the test says");
      },
    });
    for (const round of [0, 1]) {
      const process = world.process();
      limit(process, "orders.paid.dlq", 2000);
      const { projector } = await runProjection(world, store, { projection, process, retry: { attempts: 1 } });
      await caughtUp(projector);
      expect(await logOf(store, bad)).toEqual(["paid 0", "paid 2"]);
      for (const key of good) expect(await logOf(store, key)).toEqual(["paid 0", "paid 1", "paid 2"]);
      const letters = await world.cluster.readAll("orders.paid.dlq");
      expect([round, letters.length]).toEqual([round, 1]);
      const [letter] = letters;
      expect(letter && [keyOf(letter), letter.value, ...history(letter, "value", "code")]).toEqual([
        String(bad),
        null,
        "omitted: too large",
        "handler_failed",
      ]);
      await projector.close();
    }
  });

  it("an emitted event that its topic does not take becomes a dead letter of its cause; later ones of its key go out", async () => {
    const { world, store } = await open();
    const producer = world.producer();
    for (const n of range(0, 3)) for (const order_id of [bad, ...good]) await producer.paid({ order_id, n });
    const projection = ledger({
      before: (_, { order_id, n }, ctx) => {
        if (order_id === bad && n === 1) ctx.emit.invoiced({ order_id, n: 99, note: long });
      },
    });
    for (const round of [0, 1]) {
      const process = world.process();
      limit(process, "orders.invoiced", 3000);
      const { projector, seen } = await runProjection(world, store, { projection, process });
      await caughtUp(projector);
      expect(await logOf(store, bad)).toEqual(["paid 0", "paid 1", "paid 2"]);
      for (const key of good) await expectOutputs(world, key, 3);
      const outputs = await outputsOf(world, bad);
      expect(outputs.map((record) => [payloadOf(record).n, headerOf(record, "keyline-seq")])).toEqual([
        [1, "ledger#1"],
        [2, "ledger#3"],
        [3, "ledger#4"],
      ]);
      const letters = await world.cluster.readAll("orders.paid.dlq");
      expect([round, letters.length]).toEqual([round, 1]);
      const [letter] = letters;
      const [, cause] = (await world.cluster.readAll("orders.paid")).filter((record) => keyOf(record) === String(bad));
      if (!letter || !cause) throw new Error("no letter");
      expect([keyOf(letter), letter.value, letter.partition]).toEqual([String(bad), null, cause.partition]);
      expect(history(letter, "code", "value", "topic", "offset", "group")).toEqual([
        "record_too_large",
        "omitted: applied",
        "orders.paid",
        String(cause.offset),
        "ledger",
      ]);
      expect(headerOf(letter, "keyline-error-message")).toContain("ledger#2");
      if (round === 0) expect(seen.deadLettered.map(({ error }) => error.code)).toEqual(["record_too_large"]);
      await projector.close();
    }
  });
}
