import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Consumer,
  createConsumer,
  createProjector,
  defineProjection,
  KeylineError,
  type Transport,
} from "@keyline/runtime";
import type { MemoryCluster } from "@keyline/runtime/memory";
import { createMemoryStore } from "@keyline/runtime/testing";
import { headerText } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { main } from "../src/index.js";
import type { Io } from "../src/io.js";
import { createTestIo } from "../src/test-io.js";
import { foreignRecord, laneOf, shopCluster, shopPartitions, shopProducer, shopTopics, shopYaml } from "./shop.js";

export const order = 42;
export const lane = laneOf(order);

export const all = (cluster: MemoryCluster, topic: string): readonly ConsumerRecord[] =>
  Array.from({ length: shopPartitions }, (_, partition) => cluster.records(topic, partition)).flat();
export const text = (record: ConsumerRecord | undefined, name: string) => headerText(record?.headers ?? [], name);

/** What the contract says of a group that reads a topic. */
const receivedByBooks = `operations:
  readPaid:
    action: receive
    channel: { $ref: "#/channels/paid" }
    bindings: { kafka: { groupId: { type: string, const: books }, bindingVersion: 0.5.0 } }
`;

interface Order {
  readonly n: number;
}

/** A dead letter as an app writes it, by hand. */
export function writeLetter(
  cluster: MemoryCluster,
  headers: Readonly<Record<string, string>>,
  value: object | null = { n: 1 },
) {
  const record = foreignRecord({ topic: "order.paid", key: String(order), value: value ?? "", headers });
  return cluster.faults.produce({
    ...{ ...record, topic: "order.paid.dlq", partition: lane },
    ...(value === null ? { value: null } : {}),
  });
}

/** The transport, with something to do before each append. */
export function beforeAppends(transport: Transport, run: (topic: string) => Promise<void> | void): Transport {
  const createProducer = () => {
    const producer = transport.createProducer();
    const append: typeof producer.append = async (topic, ...rest) => {
      await run(topic);
      return producer.append(topic, ...rest);
    };
    return { ...producer, append };
  };
  return { ...transport, createProducer };
}

/** A transport on which nothing can be appended to dead-letter topics. */
export const withoutMarkers = (transport: Transport): Transport =>
  beforeAppends(transport, (topic) => {
    if (topic.endsWith(".dlq")) throw new KeylineError("transport_unavailable", "cannot reach the broker");
  });

/** Transports of which none appends before so many of them want to. */
export function meeting(size: number): (transport: Transport) => Transport {
  const { promise: allAreThere, resolve } = Promise.withResolvers<void>();
  let there = 0;
  return (transport) => {
    let isThere = false;
    return beforeAppends(transport, () => {
      if (!isThere) there += 1;
      isThere = true;
      if (there === size) resolve();
      return allAreThere;
    });
  };
}

/**
 * Shops whose apps give events up, and a command line to see to their letters, for the tests of one file.
 *
 * Invariant: `running` has every consumer that was started and is not closed.
 */
export function openShops() {
  let folder: string;
  const running: Consumer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "keyline-letters-"));
    await writeFile(join(folder, "shop.yaml"), shopYaml);
    await writeFile(join(folder, "named.yaml"), `${shopYaml}${receivedByBooks}`);
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => Promise.all(running.splice(0).map((one) => one.close().catch(() => undefined))));

  const keyline: typeof run = (cluster, args, more) => run(cluster, `dead-letters ${args}`, more);

  /** Runs the command line on a cluster in memory. */
  async function run(cluster: MemoryCluster, args: string, more: Partial<Io> & { transport?: Transport } = {}) {
    const { transport = cluster.transport(), ...rest } = more;
    const connect = () => ({ name: "memory", transport, inspector: cluster.inspector() });
    const io = createTestIo(folder, { connect, ...rest });
    const isNamed = args.includes("--contract");
    const contract = isNamed ? [] : args.startsWith("audit") ? ["shop.yaml"] : ["--contract", "shop.yaml"];
    const code = await main([...args.split(" "), ...contract], io);
    return { code, ...io.written, json: args.includes("--json") && io.written.out ? JSON.parse(io.written.out) : null };
  }

  /** A shop whose events of some numbers fail in one group. */
  function createScene(cluster = shopCluster()) {
    const failing = new Map<string, Set<number>>();
    const handled = new Map<string, number[]>();
    const check = (group: string, n: number) => {
      if (failing.get(group)?.has(n)) throw new Error("no such module");
    };
    const started = async <One extends Consumer>(consumer: One): Promise<One> => {
      running.push(consumer);
      await consumer.start();
      return consumer;
    };
    return {
      cluster,
      fail: (group: string, ...numbers: readonly number[]) => void failing.set(group, new Set(numbers)),
      repair: () => failing.clear(),
      handledBy: (group: string) => handled.get(group) ?? [],
      handle: (groupId: string) => {
        const on = (payload: unknown) => {
          const { n } = payload as Order;
          check(groupId, n);
          handled.set(groupId, [...(handled.get(groupId) ?? []), n]);
        };
        const transport = cluster.transport();
        const handlers = { placed: { placed: on }, paid: { paid: on }, shipped: { shipped: on } };
        const on_ = Object.fromEntries(Object.entries(handlers).map(([name, of]) => [name, Object.values(of)[0]]));
        return started(
          createConsumer(shopTopics, {
            transport,
            groupId,
            retry: { attempts: 1 },
            commitIntervalMs: 5,
            on: on_ as never,
          }),
        );
      },
      project: (name: string, store = createMemoryStore()) => {
        const reduce = (state: readonly number[], event: unknown) => {
          const { n } = event as Order;
          check(name, n);
          return [...state, n];
        };
        const on = { placed: reduce, paid: reduce, shipped: reduce };
        const projection = defineProjection<readonly number[], typeof shopTopics>(shopTopics, {
          ...{ name, initial: () => [], on: on as never },
        });
        return started(createProjector({ projection, transport: cluster.transport(), store, retry: { attempts: 1 } }));
      },
      stateOf: async (store: ReturnType<typeof createMemoryStore>, app: string, key = order) =>
        (await store.readStates({ app, domain: "orders" }, [String(key)])).get(String(key))?.state,
      letters: (topic = "order.paid") => all(cluster, `${topic}.dlq`),
      untilLetters: (count: number, topic = "order.paid") =>
        expect.poll(() => all(cluster, `${topic}.dlq`).length, { timeout: 20_000 }).toBe(count),
    };
  }

  /** One event of three that failed in a projection, while a handler took all. */
  async function oneLetter() {
    const scene = createScene();
    const store = createMemoryStore();
    scene.fail("books", 1);
    const books = await scene.project("books", store);
    const mailer = await scene.handle("mailer");
    const producer = shopProducer(scene.cluster.transport());
    for (const n of [0, 1, 2]) await producer.send("paid", order, { n });
    await producer.close();
    await scene.untilLetters(1);
    await books.caughtUp();
    await mailer.caughtUp();
    return { ...scene, store, books, mailer, position: `order.paid.dlq/${lane}@0` };
  }

  /** A member that says nothing of what it knows, as one of another library. */
  function foreignMember(cluster: MemoryCluster, groupId: string): void {
    const consumer = cluster.transport().createConsumer({
      ...{ groupId, groups: [{ name: "order.paid", topics: ["order.paid"] }] },
      events: {
        assigned: async (partitions) => partitions.map((one) => ({ ...one, offset: 0 })),
        revoked: async () => undefined,
        batch: () => undefined,
        failed: () => undefined,
      },
    });
    running.push({ close: () => consumer.stop() } as unknown as Consumer);
    void consumer.start();
  }

  return { keyline, run, createScene, oneLetter, foreignMember };
}
