import { afterEach, expect, expectTypeOf, test } from "vitest";
import { createProducer } from "../src/producer/create-producer.js";
import { createProjector } from "../src/projection/create-projector.js";
import { defineProjection } from "../src/projection/define.js";
import { stateReader } from "../src/projection/state-reader.js";
import type { ProjectorOptions } from "../src/projection/types.js";
import { createMemoryStore } from "../src/testing/index.js";
import { orderCluster, topics } from "./support.js";

const running: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((one) => one.close().catch(() => undefined))));

interface Notes {
  readonly notes: readonly string[];
}

const notes = defineProjection<Notes, typeof topics>(topics, {
  name: "notes",
  initial: () => ({ notes: [] }),
  on: {
    orderPaid(state, { note = "" }) {
      if (note === "broken") throw new Error("as the test says");
      return { notes: [...state.notes, note] };
    },
  },
});

function createScene() {
  const cluster = orderCluster();
  const store = createMemoryStore();
  return {
    store,
    reader: stateReader(notes, store),
    async run(options: Partial<ProjectorOptions> = {}) {
      const transport = cluster.transport();
      const projector = createProjector({ projection: notes, transport, store, retry: { attempts: 1 }, ...options });
      running.push(projector);
      await projector.start();
      return projector;
    },
    async pay(order_id: number, ...said: readonly string[]) {
      await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
      for (const note of said) await producer.orderPaid({ order_id, note });
    },
  };
}

test("the state of a key is read beside the copy that runs, with its type, and without taking a lane", async () => {
  const { reader, store, run, pay } = createScene();
  expect(await reader.get(7)).toBeNull();
  const projector = await run();
  await pay(7, "a", "b");
  await projector.caughtUp();
  const state = await reader.get(7);
  expectTypeOf(state).toEqualTypeOf<Notes | null>();
  expect(state).toEqual({ notes: ["a", "b"] });
  expect(await reader.get("7")).toEqual({ notes: ["a", "b"] });
  expect(await reader.get(8)).toBeNull();
  // Each lane was taken once: by the projector.
  for (const lane of [0, 1, 2, 3, 4]) {
    expect((await store.takeLane({ app: "notes", domain: "orders", lane })).epoch).toBe(2);
  }
});

test("a parked key has the state from before its first parked event; one whose first event waits has its initial one", async () => {
  const { reader, run, pay } = createScene();
  const projector = await run({ onFailure: "hold" });
  await pay(7, "a", "broken", "c");
  await pay(8, "broken", "c");
  await projector.caughtUp();
  expect(await reader.get(7)).toEqual({ notes: ["a"] });
  expect(await reader.get(8)).toEqual({ notes: [] });
});

test("a key whose events were all refused has its initial state", async () => {
  const { reader, run, pay } = createScene();
  const projector = await run();
  await pay(7, "broken");
  await projector.caughtUp();
  expect(await reader.get(7)).toEqual({ notes: [] });
});

test("a reset takes the state away, until the events are applied again", async () => {
  const { reader, store, run, pay } = createScene();
  const first = await run();
  await pay(7, "a");
  await first.caughtUp();
  await first.close();
  const lanes = [0, 1, 2, 3, 4];
  await store.resetLanes({
    ...{ app: "notes", domain: "orders", lanes, replaced: [], publish: false },
    ...{ by: "ada", nowMs: Date.now() },
  });
  expect(await reader.get(7)).toBeNull();
  const second = await run();
  await second.caughtUp();
  expect(await reader.get(7)).toEqual({ notes: ["a"] });
});

test("what is not a key, a store of another format and a projection of several domains are refused", async () => {
  const { reader, store } = createScene();
  for (const key of ["", "07", "a", -1, 0.5, Number.NaN])
    await expect(reader.get(key)).rejects.toMatchObject({ code: "key_invalid" });
  expect(() => stateReader(notes, { ...store, format: 1 as never })).toThrow(
    expect.objectContaining({ code: "store_format" }),
  );
  const domain = { ...topics.orderPaid.domain, name: "others" };
  const reads = { orderPaid: topics.orderPaid, orderSent: { ...topics.orderSent, domain } };
  expect(() => stateReader({ ...notes, reads }, store)).toThrow(expect.objectContaining({ code: "options_invalid" }));
});
