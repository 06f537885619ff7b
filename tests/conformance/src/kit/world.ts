import type { Consumer, ProducerOptions } from "@keyline/runtime";
import { partitionOf } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { onTestFinished, vi } from "vitest";
import type { ClusterOptions, ConnectOptions, Harness, TestCluster } from "../harness.js";
import { allTopics, createProducer, lanes, type OrderEvent } from "./orders.js";
import { createProcess, type TestProcess } from "./process.js";

/** A cluster with the test contract's topics and processes on it; all of it ends with the test. */
export interface World {
  readonly cluster: TestCluster;
  process(options?: ConnectOptions): TestProcess;
  /** A producer in a process of its own, or in the one given. */
  producer(options?: Partial<ProducerOptions> & { readonly process?: TestProcess }): OrderProducer;
  /** Starts a consumer; it is closed with the test. */
  start<C extends Consumer>(consumer: C): Promise<C>;
  /** Registers what has to end with the test. */
  atEnd(end: () => unknown): void;
}

export type OrderProducer = ReturnType<typeof createProducer>;

/** Makes a world; `topics` names other topics than the contract's. */
export async function openWorld(
  harness: Harness,
  options: ClusterOptions & { readonly topics?: Readonly<Record<string, number>> } = {},
): Promise<World> {
  const cluster = await harness.createCluster(options);
  await cluster.createTopics(options.topics ?? allTopics);
  const ends: (() => unknown)[] = [() => cluster.close()];
  onTestFinished(async () => {
    for (const end of ends.reverse()) await Promise.race([end(), new Promise((done) => setTimeout(done, 250))]);
  });
  const process = (connect?: ConnectOptions) => {
    const made = createProcess(cluster.transport(connect));
    ends.push(() => made.transport.close());
    return made;
  };
  return {
    cluster,
    process,
    producer({ process: own = process(), ...rest } = {}) {
      const producer = createProducer({ transport: own.transport, source: "conformance", ...rest });
      ends.push(() => producer.close({ timeoutMs: 100 }).catch(() => undefined));
      return producer;
    },
    async start(consumer) {
      ends.push(() => consumer.close().catch(() => undefined));
      await consumer.start();
      return consumer;
    },
    atEnd: (end) => void ends.push(end),
  };
}

/** Room for a busy machine. Of mutants most make a test wait in vain. */
const patienceMs = process.env.KEYLINE_MUTANT === undefined ? 20_000 : 5000;

/** Waits until the check no longer throws; its last error is the test's. */
export const until = <T>(check: () => T | Promise<T>, timeoutMs = patienceMs): Promise<T> =>
  vi.waitFor(check, { timeout: timeoutMs, interval: 5 });

/** The promise, or a rejection when it does not settle in time. */
export function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not settled within ${timeoutMs} ms`)), timeoutMs);
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

/** Waits until a member has its lanes, and has finished what lies in them now. */
export async function caughtUp(member: Consumer): Promise<void> {
  await member.start();
  await member.caughtUp();
}

/** The lane of an order. */
export const laneOf = (orderId: number): number => partitionOf("fnv1a", Buffer.from(String(orderId)), lanes);

/** The first `count` order ids whose lane is that of `like`, itself first. */
export function sameLane(like: number, count: number): number[] {
  const found = [like];
  for (let id = like + 1; found.length < count; id += 1) if (laneOf(id) === laneOf(like)) found.push(id);
  return found;
}

/** The payload of a record of the test contract, whichever its wire. */
export function payloadOf(record: Pick<ConsumerRecord, "value">): OrderEvent {
  const value = JSON.parse(Buffer.from(record.value ?? []).toString("utf8"));
  return value.specversion === undefined ? value : value.data;
}

export const keyOf = (record: Pick<ConsumerRecord, "key">): string | null =>
  record.key === null ? null : Buffer.from(record.key).toString("utf8");

/** A header's text; undefined when absent. */
export function headerOf(record: Pick<ConsumerRecord, "headers">, name: string): string | undefined {
  const found = record.headers.filter(([one]) => one === name).at(-1);
  return found && Buffer.from(found[1]).toString("utf8");
}

/** The value of a raw record of a plain topic. */
export const rawOrder = (orderId: unknown, n: number, more: object = {}): string =>
  JSON.stringify({
    event_id: crypto.randomUUID(),
    correlation_id: crypto.randomUUID(),
    order_id: orderId,
    at: "2026-03-01T10:00:00.000Z",
    n,
    ...more,
  });

/** `from` up to, not including, `to`. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
