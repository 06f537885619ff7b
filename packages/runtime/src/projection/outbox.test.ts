import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import type { TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { Store } from "../ports/store.js";
import type { PreparedSend, ProducerCore } from "../producer/core.js";
import { createMemoryStore } from "../testing/memory-store.js";
import { createOutbox } from "./outbox.js";
import { createOwnership } from "./ownership.js";
import { createStoreWait } from "./store-wait.js";

const row = {
  seq: 1,
  key: "42",
  record: { kind: "event", topic: "rated", message: "rated", key: "42", sequence: null },
};
const messages = { rated: {} };
const topics = {
  rated: { messages, domain: { name: "students" } },
  logged: { messages },
} as unknown as Readonly<Record<string, TopicDescriptor>>;

/** Rows of a key, each with its number as its payload. */
const rowsOf = (key: string, count: number, fields: object = {}) =>
  Array.from({ length: count }, (_, seq) => ({ seq, key, record: { ...row.record, key, payload: seq, ...fields } }));
const lane = { app: "progress", domain: "students", lane: 3 };

/** An outbox of a lane that is taken. */
async function openOutbox(changes: Partial<Store>, core: Partial<ProducerCore>, homeLane = () => 3) {
  const fail = vi.fn();
  const tooLarge = vi.fn(async () => undefined);
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
    ...{ homeLane, published: () => undefined, fail, tooLarge },
    pauses: { firstPauseMs: 1, longestPauseMs: 1 },
  });
  await ownership.take(async (_, epoch) => outbox.begin(epoch, []));
  const over = () => ownership.epoch().over;
  return { outbox, fail, tooLarge, over, stop: () => stopping.abort() };
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

/** A producer that notes what it is handed, and settles it as `outcome` says; undefined: never. */
function noting(outcome: (payload: number, topic: string) => Promise<unknown> | undefined) {
  const sent: number[] = [];
  const sendPrepared = ({ prepared, topic, link }: PreparedSend) => {
    const failure = link?.stopped();
    if (failure) return Promise.reject(failure);
    sent.push(prepared.payload as number);
    const settled = outcome(prepared.payload as number, topic === topics.rated ? "rated" : "logged");
    return (settled ?? new Promise(() => undefined)).catch((caught: KeylineError) => {
      link?.fail(caught);
      throw caught;
    });
  };
  return { sent, core: { sendPrepared } as unknown as Partial<ProducerCore> };
}

test("at most a thousand rows of a lane are under way, and one of each key", async () => {
  const { sent, core } = noting(() => undefined);
  const { outbox } = await openOutbox({}, core);
  for (let key = 1; key <= 40; key += 1) {
    const before = sent.length;
    outbox.add(rowsOf(String(key), 5000));
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(before));
  }
  expect(sent.length).toBeGreaterThan(900);
  expect(sent.length).toBeLessThan(1040);
});

test("what is not of the first event's order key waits until that one is in the log", async () => {
  const error = new KeylineError("transport_unavailable", "away", { retryable: true });
  const { sent, core } = noting((_, topic) => (topic === "logged" ? Promise.reject(error) : Promise.resolve()));
  const { outbox } = await openOutbox({}, core);
  const [first] = rowsOf("42", 1, { topic: "logged", payload: -1 });
  if (first) outbox.add([first, ...rowsOf("42", 3)]);
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(5));
  expect(new Set(sent)).toEqual(new Set([-1]));
});

test("an event that is too large is reported once, when all before it are in the log", async () => {
  let isAway = true;
  const away = new KeylineError("transport_unavailable", "away", { retryable: true });
  const large = new KeylineError("record_too_large", "too large");
  const { sent, core } = noting((payload) => {
    if (payload === 1) return Promise.reject(large);
    return isAway ? Promise.reject(away) : Promise.resolve();
  });
  const { outbox, tooLarge } = await openOutbox({}, core);
  outbox.add(rowsOf("42", 3));
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(5));
  expect(tooLarge).not.toHaveBeenCalled();
  isAway = false;
  await vi.waitFor(() => expect(outbox.takePublished(false)).toEqual([0, 1, 2]));
  expect(tooLarge).toHaveBeenCalledTimes(1);
});

test("nothing leaves when the owner loses its lane while it asks where a key's own lane ends", async () => {
  const { sent, core } = noting(() => undefined);
  const asked = Promise.withResolvers<void>();
  const refreshLane = vi.fn(() => asked.promise);
  const { outbox, stop } = await openOutbox({}, { ...core, refreshLane }, () => 4);
  outbox.add(rowsOf("42", 3, { sequence: "progress#1" }));
  await vi.waitFor(() => expect(refreshLane).toHaveBeenCalled());
  stop();
  asked.resolve();
  await vi.waitFor(() => expect(outbox.pending()).toBe(false));
  expect(sent).toEqual([]);
});

test("a key of which a row failed for good sends nothing behind it", async () => {
  const { sent, core } = noting(() => Promise.reject(new KeylineError("transport_denied", "not authorized")));
  const { outbox, fail } = await openOutbox({}, core);
  outbox.add(rowsOf("42", 1));
  await vi.waitFor(() => expect(fail).toHaveBeenCalled());
  outbox.add(rowsOf("42", 1, { payload: 9 }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([sent, outbox.takePublished(false)]).toEqual([[0], []]);
});

test("nothing goes behind an event whose message the contract has lost", async () => {
  const { sent, core } = noting(() => Promise.resolve());
  const { outbox, fail } = await openOutbox({}, core);
  const [first, lost, last] = rowsOf("42", 3);
  if (first && lost && last) outbox.add([first, { ...lost, record: { ...lost.record, message: "gone" } }, last]);
  await vi.waitFor(() => expect(fail).toHaveBeenCalled());
  expect([sent, outbox.takePublished(false)]).toEqual([[0], [0]]);
});

test("many keys wait on one signal of the lane's end by nothing of their own: listeners cost the square of the keys", async () => {
  const { sent, core } = noting(() => undefined);
  const { outbox, over } = await openOutbox({}, core);
  const before = getEventListeners(over(), "abort").length;
  outbox.add(Array.from({ length: 500 }, (_, key) => rowsOf(String(key), 2)).flat());
  await vi.waitFor(() => expect(sent).toHaveLength(1000));
  expect(getEventListeners(over(), "abort")).toHaveLength(before);
});
