import { expect, test, vi } from "vitest";
import { KeylineError } from "../errors.js";
import type { ProducerCore } from "../producer/core.js";
import { createOutbox } from "./outbox.js";

const row = { seq: 1, key: "42", record: { kind: "event", topic: "code.executed" } };

/** An outbox whose store is away. */
function outboxWithoutStore() {
  const fail = vi.fn();
  const away = Promise.withResolvers<void>();
  const outbox = createOutbox({
    ...{ topics: {}, core: {} as ProducerCore, clusterId: "memory", lane: 3 },
    homeLane: () => 3,
    async holds() {
      await away.promise;
      throw new KeylineError("store_unavailable", "the database system is shutting down");
    },
    ...{ fenced: () => undefined, published: () => undefined, fail },
  });
  outbox.add([row]);
  return { outbox, fail, goAway: () => away.resolve() };
}

test("an owner that has lost its lane does not fail because the store is away", async () => {
  const { outbox, fail, goAway } = outboxWithoutStore();
  outbox.stop();
  goAway();
  await vi.waitFor(() => expect(outbox.pending()).toBe(false));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(fail).not.toHaveBeenCalled();
});

test("an owner that has it still asks again, and neither publishes nor fails meanwhile", async () => {
  const { outbox, fail, goAway } = outboxWithoutStore();
  goAway();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(outbox.pending()).toBe(true);
  expect(fail).not.toHaveBeenCalled();
  outbox.stop();
});
