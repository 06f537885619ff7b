import { createRandom } from "@keyline/runtime/testing";
import { expect } from "vitest";
import type { Harness } from "../harness.js";
import type { OrderTopicName } from "../kit/orders.js";
import { openReader } from "../kit/reader.js";
import { openWorld, range, until } from "../kit/world.js";

const names = ["placed", "paid", "shipped"] as const;

/**
 * Several processes write events of a few keys over three topics, each after what its writer knows of the key;
 * a reader gets the topics in random rounds. Each key's events have to be handled in an order that respects every
 * cause, and none may be lost.
 */
export async function randomHistory(harness: Harness, seed: number): Promise<void> {
  const random = createRandom(seed).next;
  const pick = (count: number) => Math.floor(random() * count);
  const world = await openWorld(harness, { seed });
  const producers = range(0, 3).map(() => world.producer({ rememberKeys: 1 + pick(4) }));
  await Promise.all(producers.map((producer) => producer.connect()));
  const readerProcess = world.process({ maxRecordsPerFetch: 1 + pick(4) });
  const releases = names.map((name) => (random() < 0.5 ? readerProcess.hold(`orders.${name}`) : () => undefined));

  /** For each key, what each event directly comes after. */
  const causes = new Map<number, Map<number, Set<number>>>();
  const lastOf = new Map<string, { n: number; sent: Promise<unknown> }>();
  for (let n = 0; n < 80; n += 1) {
    const key = 1 + pick(4);
    const who = pick(producers.length);
    const name: OrderTopicName = names[pick(3)] ?? "paid";
    const known = causes.get(key) ?? new Map<number, Set<number>>();
    causes.set(key, known);
    const direct = new Set<number>();
    const own = lastOf.get(`${who} ${key}`);
    if (own) direct.add(own.n);
    // A cause of another process travels by `after`, as in a session.
    const other = lastOf.get(`${pick(producers.length)} ${key}`);
    const after = other && random() < 0.4 ? await (other.sent as Promise<never>) : undefined;
    if (after && other) direct.add(other.n);
    const sent = producers[who]?.[name]({ order_id: key, n }, after === undefined ? {} : { after });
    known.set(n, direct);
    lastOf.set(`${who} ${key}`, { n, sent: sent ?? Promise.resolve() });
    if (random() < 0.3) await sent;
  }
  await Promise.all(producers.map((producer) => producer.flush()));
  const { recorder, seen } = await openReader(world, { process: readerProcess, bufferRecords: 4 + pick(20) });
  for (const release of releases) {
    await new Promise((resolve) => setImmediate(resolve));
    release();
  }
  await until(() => expect(recorder.calls).toHaveLength(80));
  for (const [key, known] of causes) {
    const handled = recorder.of(key);
    expect([...handled].sort((a, b) => a - b)).toEqual([...known.keys()]);
    for (const [n, direct] of known)
      for (const cause of direct) {
        expect(handled.indexOf(cause), `key ${key}: ${cause} before ${n} in ${handled.join(" ")}`).toBeLessThan(
          handled.indexOf(n),
        );
      }
  }
  expect(seen.causeIgnored.filter(({ reason }) => reason === "missing")).toEqual([]);
}
