import { afterEach, describe, expect, test } from "vitest";
import { formatRedelivery } from "../src/codec/redelivery.js";
import { createConsumer } from "../src/handler/create-consumer.js";
import type { Hooks } from "../src/hooks.js";
import type { ConsumerRecord } from "../src/ports/transport.js";
import { createProducer } from "../src/producer/create-producer.js";
import { createProjector } from "../src/projection/create-projector.js";
import { defineProjection } from "../src/projection/define.js";
import { createMemoryStore } from "../src/testing/index.js";
import { orderCluster, topics, until } from "./support.js";

const running: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((one) => one.close().catch(() => undefined))));

/** Orders whose payment the book of a group cannot be entered; emptied when the fault is fixed. */
function createScene() {
  const cluster = orderCluster();
  const faults = new Set<string>();
  const ignored: string[] = [];
  const forgotten: object[] = [];
  const released: string[] = [];
  const entered = new Map<string, string[]>();

  const hooksOf = (group: string): Hooks => ({
    ignored: ({ offset, reason }) => void ignored.push(`${group} ${reason} ${offset}`),
    refusalForgotten: (event) => void forgotten.push(event),
    releaseEnded: ({ result }) => void released.push(result),
  });

  const enter = (group: string, note = "") => {
    if (faults.has(`${group} ${note}`)) throw new Error("as the test says");
    entered.set(group, [...(entered.get(group) ?? []), note]);
  };

  const start = async <Member extends { start(): Promise<void>; close(): Promise<void> }>(member: Member) => {
    running.push(member);
    await member.start();
    return member;
  };

  return {
    cluster,
    faults,
    ignored,
    forgotten,
    released,
    handled: (group: string) => entered.get(group) ?? [],
    project: (name: string, store = createMemoryStore(), onFailure: "skip" | "hold" = "skip") => {
      const projection = defineProjection<readonly string[], typeof topics>(topics, {
        name,
        initial: () => [],
        on: {
          orderPaid: (state, { note = "" }) => {
            if (faults.has(`${name} ${note}`)) throw new Error("as the test says");
            return [...state, note];
          },
        },
      });
      const retry = { attempts: 1 };
      return start(
        createProjector({ projection, transport: cluster.transport(), store, retry, onFailure, hooks: hooksOf(name) }),
      );
    },
    handle: (groupId: string) =>
      start(
        createConsumer(topics, {
          ...{ transport: cluster.transport(), groupId, retry: { attempts: 1 }, hooks: hooksOf(groupId) },
          on: { orderPaid: ({ note }) => enter(groupId, note) },
        }),
      ),
    async pay(...notes: readonly string[]) {
      await using producer = createProducer(topics, { transport: cluster.transport(), source: "shop" });
      for (const note of notes) await producer.orderPaid({ order_id: 7, note });
    },
    letters: () => allOf(cluster, "order.paid.dlq"),
    log: () => allOf(cluster, "order.paid"),
    /** Sends a letter again, as the tool does. Returns its offset. */
    replay: (letter: ConsumerRecord, change: { readonly group?: string; readonly isById?: boolean } = {}) =>
      cluster.faults.produce(redelivered(letter, change)),
  };
}

const allOf = (cluster: ReturnType<typeof orderCluster>, topic: string) =>
  Array.from({ length: 5 }, (_, partition) => cluster.records(topic, partition)).flat();

const textOf = (record: ConsumerRecord | undefined, name: string) => {
  const value = record?.headers.findLast(([own]) => own === name)?.[1];
  return value === undefined ? undefined : Buffer.from(value).toString();
};

function redelivered(letter: ConsumerRecord, { group, isById = false }: { group?: string; isById?: boolean }) {
  const source = {
    topic: textOf(letter, "keyline-error-topic") ?? "",
    partition: Number(textOf(letter, "keyline-error-partition")),
    offset: Number(textOf(letter, "keyline-error-offset")),
  };
  const to = group ?? textOf(letter, "keyline-error-group") ?? "";
  const header = formatRedelivery({ group: to, source, letter, isById });
  const kept = letter.headers.filter(([name]) => !/^keyline-(seq|error-|redelivery)/.test(name));
  const { key, value, partition } = letter;
  const headers = [...kept, ["keyline-redelivery", Buffer.from(header)] as const];
  return { topic: source.topic, partition, key, value, headers };
}

/** What a projection has entered for the order. */
async function bookOf(store: ReturnType<typeof createMemoryStore>, app: string): Promise<unknown> {
  return (await store.readStates({ app, domain: "orders" }, ["7"])).get("7")?.state;
}

describe("a dead letter that is sent again", () => {
  test("of the version before is known by its id, and applied once as long as that is known", async () => {
    const scene = createScene();
    const store = createMemoryStore();
    scene.faults.add("books b");
    const books = await scene.project("books", store);
    await scene.pay("b");
    await until("the letter is there", () => scene.letters().length === 1);
    scene.faults.clear();
    // As a row of before: nothing of it says what was refused.
    await books.close();
    await forgetRefused(store);
    const later = await scene.project("books", store);
    const [letter] = scene.letters();
    scene.replay(letter as ConsumerRecord);
    scene.replay(letter as ConsumerRecord, { isById: true });
    scene.replay(letter as ConsumerRecord, { isById: true });
    await later.caughtUp();
    expect(await bookOf(store, "books")).toEqual(["b"]);
    expect(scene.ignored).toEqual(["books not_refused 1", "books duplicate_id 3"]);
  });

  test("waits behind a parked key, and is applied once when that is released", async () => {
    const scene = createScene();
    const store = createMemoryStore();
    scene.faults.add("books b");
    const skipping = await scene.project("books", store);
    await scene.pay("b");
    await until("the letter is there", () => scene.letters().length === 1);
    await skipping.close();
    scene.faults.add("books c");
    const books = await scene.project("books", store, "hold");
    await scene.pay("c");
    const [letter] = scene.letters();
    await books.caughtUp();
    scene.replay(letter as ConsumerRecord);
    scene.replay(letter as ConsumerRecord);
    await books.caughtUp();
    scene.faults.clear();
    await store.askRelease({ app: "books", domain: "orders" }, { key: "7", action: "replay", by: "ada" });
    await until("it is released", () => scene.released.length === 1);
    expect(scene.released).toEqual(["replayed 3"]);
    expect(await bookOf(store, "books")).toEqual(["c", "b"]);
  });

  test("is waited for where an operator skipped its event", async () => {
    const scene = createScene();
    const store = createMemoryStore();
    scene.faults.add("books b");
    const books = await scene.project("books", store, "hold");
    await scene.pay("b");
    await books.caughtUp();
    await store.askRelease({ app: "books", domain: "orders" }, { key: "7", action: "skip", by: "ada" });
    await until("the letter is there", () => scene.letters().length === 1, 30_000);
    scene.faults.clear();
    const [letter] = scene.letters();
    expect(textOf(letter, "keyline-error-replay")).toBe("once");
    scene.replay(letter as ConsumerRecord);
    scene.replay(letter as ConsumerRecord);
    await books.caughtUp();
    expect(await bookOf(store, "books")).toEqual(["b"]);
  });
});

describe("a forged redelivery", () => {
  test("that cannot be read leaves no letter with those that it does not name, or that do not wait for it", async () => {
    const scene = createScene();
    scene.faults.add("books b");
    const books = await scene.project("books");
    const mailer = await scene.handle("mailer");
    await scene.pay("b");
    await until("the letter is there", () => scene.letters().length === 1);
    const [letter] = scene.letters();
    const forged = redelivered(letter as ConsumerRecord, {});
    scene.cluster.faults.produce({ ...forged, value: Buffer.from("no json"), headers: headersNaming("books", 99) });
    scene.cluster.faults.produce({ ...forged, value: Buffer.from("no json"), headers: headersNaming("nobody", 0) });
    for (const one of [books, mailer]) await one.caughtUp();
    expect(scene.letters()).toHaveLength(1);
    expect(scene.ignored.sort()).toEqual([
      ...["books not_refused 1", "books other_group 2", "mailer other_group 1", "mailer other_group 2"],
    ]);
  });
});

function headersNaming(group: string, offset: number) {
  const source = { topic: "order.paid", partition: 0, offset };
  const text = formatRedelivery({ group, source, letter: { ...source, topic: "order.paid.dlq" }, isById: false });
  return [["keyline-redelivery", Buffer.from(text)] as const];
}

test("of 1,000 refused events of a key the oldest is forgotten, and told", async () => {
  const scene = createScene();
  const store = createMemoryStore();
  scene.faults.add("books b");
  const first = await scene.project("books", store);
  await scene.pay("b");
  await until("the letter is there", () => scene.letters().length === 1);
  await first.close();
  const [letter] = scene.letters();
  const place = `order.paid/${letter?.partition}`;
  const many = Array.from({ length: 1000 }, (_, offset) => 10_000 + offset);
  await changeRow(store, (meta) => ({ ...meta, refused: { [place]: many } }));
  const books = await scene.project("books", store);
  await scene.pay("b");
  await until("another letter is there", () => scene.letters().length === 2);
  await books.caughtUp();
  const oldest = { topic: "order.paid", partition: letter?.partition, offset: 10_000 };
  expect(scene.forgotten).toEqual([{ ...oldest, group: "books", key: "7" }]);
});

const forgetRefused = (store: ReturnType<typeof createMemoryStore>) =>
  changeRow(store, ({ refused, ...meta }) => {
    expect(refused).toBeDefined();
    return meta;
  });

/** Writes what the runtime remembers of the order again, as another version would have left it. */
async function changeRow(
  store: ReturnType<typeof createMemoryStore>,
  change: (meta: { readonly refused?: unknown }) => object,
): Promise<void> {
  const app = { app: "books", domain: "orders" };
  const [row] = [...(await store.readStates(app, ["7"])).values()];
  if (!row) throw new Error("nothing is stored");
  const meta = change(row.meta as object);
  const lane = { ...app, lane: 0 };
  const { epoch } = await store.takeLane(lane);
  const nothing = { outboxAdded: [], outboxRemoved: [], parkedAdded: [], parkedRemoved: [], firings: [], commands: [] };
  await store.write(
    { ...lane, epoch },
    { ...nothing, positions: [], states: [{ ...row, meta, lane: 0, dueAtMs: null }] },
  );
}
