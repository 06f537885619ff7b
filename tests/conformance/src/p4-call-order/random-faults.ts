import { createRandom } from "@keyline/runtime/testing";
import { expect } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { expectCallOrder } from "./order.js";
import { allOf, open } from "./sends.js";

/** Sends at random while answers are lost, appends refused and callers give up; holds the order of what was acknowledged. */
export async function underFaults(harness: Harness, seed: number, aborting: boolean) {
  const random = createRandom(seed).next;
  const { world, process, producer } = await open(harness, { maxBatchRecords: 1 + Math.floor(random() * 8) }, {}, seed);
  const faults = faultsOf(world.cluster);
  await producer.connect();
  const acknowledged = new Map<number, number[]>();
  const sends: Promise<unknown>[] = [];
  for (let n = 0; n < 200; n += 1) {
    const order_id = 1 + Math.floor(random() * 6);
    const topic = (["placed", "paid", "shipped"] as const)[Math.floor(random() * 3)] ?? "paid";
    const abort = new AbortController();
    const sent = producer[topic]({ order_id, n }, { signal: abort.signal });
    sends.push(
      sent.then(
        () => acknowledged.set(order_id, [...(acknowledged.get(order_id) ?? []), n]),
        () => undefined,
      ),
    );
    const dice = random();
    const place = { topic: `orders.${topic}`, count: 1 };
    if (dice < 0.03) faults.loseAnswers(place);
    else if (dice < 0.06) faults.refuseAppends(place);
    else if (dice < 0.08) faults.breakAppends({ ...place, written: random() < 0.5 });
    else if (dice < 0.15 && aborting) setImmediate(() => abort.abort());
    if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(sends);
  for (const [key, ns] of acknowledged) {
    expectCallOrder(
      process,
      key,
      [...ns].sort((a, b) => a - b),
    );
    const all = await allOf(world, key);
    expect(new Set(all).size).toBe(all.length);
  }
}
