import { KeylineError, type ProducerOptions } from "@keyline/runtime";
import { expect } from "vitest";
import type { Harness } from "../harness.js";
import type { OrderTopicName } from "../kit/orders.js";
import type { TestProcess } from "../kit/process.js";
import { keyOf, type OrderProducer, openWorld, payloadOf, range, type World } from "../kit/world.js";

/** A producer in a process of its own. */
export async function open(
  harness: Harness,
  options: Partial<ProducerOptions> = {},
  connect: { readonly maxBatchBytes?: number } = {},
  seed = 1,
) {
  const world = await openWorld(harness, { seed });
  const process = world.process(connect);
  return { world, cluster: world.cluster, process, producer: world.producer({ process, ...options }) };
}

/** Topics in turn, some twice in a row. */
export const alternating = (n: number): OrderTopicName =>
  (["placed", "paid", "placed", "shipped", "shipped"] as const)[n % 5] ?? "paid";

/** What an append rejects with when its outcome is unknown. */
export const unknown = () => new KeylineError("outcome_unknown", "the connection broke");

/** As long as it takes another lane's event to go and come back on every topic. */
export async function roundTrip(producer: OrderProducer) {
  for (const n of range(0, 3))
    await Promise.all([producer.shipped({ order_id: 8, n }), producer.paid({ order_id: 8, n })]);
}

/** The same process, whose broker never answers. */
export function unreachable({ transport }: TestProcess) {
  return { ...transport, clusterId: () => new Promise<string>(() => undefined) };
}

/** The `n` of all events of a key, as they lie on the logs. */
export async function allOf({ cluster }: World, key: number): Promise<number[]> {
  const topics = await Promise.all(["placed", "paid", "shipped"].map((name) => cluster.readAll(`orders.${name}`)));
  return topics.flat().flatMap((record) => (keyOf(record) === String(key) ? payloadOf(record).n : []));
}

/** Holds that each of the key's events is on the logs once. */
export async function expectOnce(world: World, key: number, expected: readonly number[]) {
  expect((await allOf(world, key)).sort((a, b) => a - b)).toEqual(expected);
}
