import { expect, test, vi } from "vitest";
import { KeylineError } from "../errors.js";
import type { ProducerCore } from "../producer/core.js";
import { createMemoryStore } from "../testing/memory-store.js";
import { createOutbox } from "./outbox.js";
import { createOwnership } from "./ownership.js";
import { createStoreWait } from "./store-wait.js";

const row = { seq: 1, key: "42", record: { kind: "event", topic: "code.executed" } };
const lane = { app: "progress", domain: "students", lane: 3 };

/** An outbox whose store is away once the lane is taken. */
async function outboxWithoutStore() {
  const fail = vi.fn();
  const away = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const store = {
    ...createMemoryStore(),
    async holds() {
      await away.promise;
      throw new KeylineError("store_unavailable", "the database system is shutting down");
    },
  };
  const ownership = createOwnership({
    ...{
      store,
      lane,
      nowMs: () => performance.now(),
      signal: stopping.signal,
      storeWait: createStoreWait(() => undefined),
      fenced: () => undefined,
    },
  });
  const outbox = createOutbox({
    ...{ topics: {}, core: {} as ProducerCore, clusterId: "memory", lane: 3 },
    ...{ homeLane: () => 3, published: () => undefined, fail, tooLarge: async () => undefined },
  });
  await ownership.take(async (_, epoch) => outbox.begin(epoch, []));
  outbox.add([row]);
  return { outbox, fail, goAway: () => away.resolve(), stop: () => stopping.abort() };
}

test("an owner that has lost its lane does not fail because the store is away", async () => {
  const { outbox, fail, goAway, stop } = await outboxWithoutStore();
  stop();
  goAway();
  await vi.waitFor(() => expect(outbox.pending()).toBe(false));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(fail).not.toHaveBeenCalled();
});

test("an owner that has it still asks again, and neither publishes nor fails meanwhile", async () => {
  const { outbox, fail, goAway, stop } = await outboxWithoutStore();
  goAway();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(outbox.pending()).toBe(true);
  expect(fail).not.toHaveBeenCalled();
  stop();
});
