import { expect, test, vi } from "vitest";
import type { TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { Store } from "../ports/store.js";
import type { PreparedSend, ProducerCore } from "../producer/core.js";
import { createMemoryStore } from "../testing/memory-store.js";
import { createOutbox } from "./outbox.js";
import { createOwnership } from "./ownership.js";
import { createStoreWait } from "./store-wait.js";

const row = { seq: 1, key: "42", record: { kind: "event", topic: "rated", message: "rated", sequence: null } };
const topics = { rated: { messages: { rated: {} } } } as unknown as Readonly<Record<string, TopicDescriptor>>;
const lane = { app: "progress", domain: "students", lane: 3 };

/** An outbox of a lane that is taken. */
async function openOutbox(changes: Partial<Store>, core: Partial<ProducerCore>) {
  const fail = vi.fn();
  const stopping = new AbortController();
  const store = { ...createMemoryStore(), ...changes };
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
    ...{ topics, core: core as ProducerCore, clusterId: "memory", lane: 3 },
    ...{ homeLane: () => 3, published: () => undefined, fail, tooLarge: async () => undefined },
  });
  await ownership.take(async (_, epoch) => outbox.begin(epoch, []));
  return { outbox, fail, stop: () => stopping.abort() };
}

/** An outbox with a row, whose store is away once the lane is taken. */
async function outboxWithoutStore() {
  const away = Promise.withResolvers<void>();
  const holds = async () => {
    await away.promise;
    throw new KeylineError("store_unavailable", "the database system is shutting down");
  };
  const opened = await openOutbox({ holds }, {});
  opened.outbox.add([row]);
  return { ...opened, goAway: () => away.resolve() };
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

test("what has not left yet does not leave once the owner has lost its lane", async () => {
  const links: PreparedSend["link"][] = [];
  const sendPrepared: ProducerCore["sendPrepared"] = ({ link }) => {
    links.push(link);
    return new Promise(() => undefined);
  };
  const { outbox, stop } = await openOutbox({}, { sendPrepared });
  outbox.add([row, { ...row, seq: 2 }]);
  await vi.waitFor(() => expect(links.map((link) => link?.stopped())).toEqual([null, null]));
  stop();
  expect(links.map((link) => link?.stopped()?.code)).toEqual(["lane_fenced", "lane_fenced"]);
});

test("few rows of a lane are under way at once, and one of each key", async () => {
  const sent: string[] = [];
  const sendPrepared: ProducerCore["sendPrepared"] = ({ prepared }) => {
    sent.push(String(prepared.key));
    return new Promise(() => undefined);
  };
  const { outbox } = await openOutbox({}, { sendPrepared });
  const ofKey = (key: string, count: number) =>
    Array.from({ length: count }, (_, seq) => ({ seq, key, record: { ...row.record, key } }));
  outbox.add([...ofKey("1", 5000), ...ofKey("2", 1)]);
  await vi.waitFor(() => expect(sent).toContain("2"));
  expect(sent).toHaveLength(501);
});
