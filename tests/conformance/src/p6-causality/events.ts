import type { Headers } from "@keyline/runtime/transport";
import { expect } from "vitest";
import type { topics } from "../kit/orders.js";
import { openReader } from "../kit/reader.js";
import { laneOf, rawOrder, until, type World } from "../kit/world.js";

/** What a handler does that fails when the test says so. */
export const fail = (when: boolean) => {
  if (when) throw new Error("as the test says");
};

type HeaderTexts = readonly (readonly [string, string])[];

/** An event of a key, on its partition, by a producer that is no SDK. */
export function raw(world: World, topic: string, orderId: number, n: number, headers: HeaderTexts = []) {
  const bytes: Headers = headers.map(([name, text]) => [name, Buffer.from(text)] as const);
  return world.cluster.produceRaw({
    topic,
    partition: laneOf(orderId),
    key: String(orderId),
    value: rawOrder(orderId, n),
    headers: bytes,
  });
}

interface Held {
  /** The topic that comes rounds later than the others. */
  readonly hold: string;
  readonly names: readonly (keyof typeof topics & ("placed" | "paid" | "shipped"))[];
  readonly order: readonly number[];
}

/** A fresh reader, whose fetches of one topic come late, handles the key's events in this order all the same. */
export async function expectHeld(world: World, key: number, { hold, names, order }: Held) {
  const process = world.process();
  const release = process.hold(hold);
  const { recorder, seen } = await openReader(world, { process, names, groupId: `held ${hold}` });
  await until(() => expect(seen.held.map((event) => event.key)).toContain(String(key)));
  release();
  await until(() => expect(recorder.of(key)).toHaveLength(order.length));
  expect(recorder.of(key)).toEqual(order);
}
