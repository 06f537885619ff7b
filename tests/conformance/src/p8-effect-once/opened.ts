import { KeylineError } from "@keyline/runtime";
import { expect } from "vitest";
import type { ClusterOptions, Harness } from "../harness.js";
import { laneOf, openWorld, range, rawOrder, sameLane, until, type World } from "../kit/world.js";
import { expectOutputs, logOf, runProjection } from "./ledger.js";
import { type StoreHarness, watchedStore } from "./stores.js";

/** The topics in turn. */
export const names = ["placed", "paid", "shipped"] as const;

/** A world with a store in which positions are watched. */
export async function open(harness: Harness, stores: StoreHarness, options: ClusterOptions = {}) {
  const world = await openWorld(harness, options);
  return { world, ...watchedStore(await stores.createStore()) };
}

/** A world in which a projection has applied six events of order 7 and was closed. */
export async function applied(harness: Harness, stores: StoreHarness, options: ClusterOptions = {}) {
  const opened = await open(harness, stores, options);
  await write(opened.world, [7], 0, 6);
  const first = await runProjection(opened.world, opened.store);
  await until(async () => expect(await logOf(opened.store, 7)).toEqual(lines(0, 6)));
  await until(() => expectOutputs(opened.world, 7, 6));
  await first.projector.close();
  return opened;
}

/** A lane whose first event on `paid` stays unfinished for processes that do not get `placed`, where its cause lies. */
export async function unfinished(harness: Harness, stores: StoreHarness) {
  const opened = await open(harness, stores);
  const [slow = 0, ...others] = sameLane(1, 4);
  const producer = opened.world.producer();
  await producer.placed({ order_id: slow, n: 0 });
  await producer.paid({ order_id: slow, n: 1 });
  return { ...opened, slow, others };
}

/** Events `from` up to, not including, `to` of each key, over the topics in turn, by one producer. */
export async function write(world: World, keys: readonly number[], from: number, to: number): Promise<void> {
  const producer = world.producer();
  await Promise.all(
    range(from, to).flatMap((n) => keys.map((order_id) => producer[names[n % 3] ?? "paid"]({ order_id, n }))),
  );
  await producer.close();
}

/** What `write` leaves in a ledger. */
export const lines = (from: number, to: number): string[] => range(from, to).map((n) => `${names[n % 3]} ${n}`);

/** What a store rejects with that cannot be reached. */
export const storeDown = () => new KeylineError("store_unavailable", "the store cannot be reached");

/** What a store rejects with whose answer to the commit was lost. */
export const answerLost = () => new KeylineError("outcome_unknown", "the answer to the commit was lost");

/** A plain event of a key on its partition, by a producer without the SDK. */
export const raw = (world: World, topic: string, orderId: number, n: number) =>
  world.cluster.produceRaw({ topic, partition: laneOf(orderId), key: String(orderId), value: rawOrder(orderId, n) });
