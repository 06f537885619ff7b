import { KeylineError, type Store } from "@keyline/runtime";
import { createRandom } from "@keyline/runtime/testing";
import { expect } from "vitest";
import type { Harness } from "../harness.js";
import type { TestProcess } from "../kit/process.js";
import { openWorld, range, until, type World } from "../kit/world.js";
import { books, expectOutputs, ledger, logOf, runProjection } from "./ledger.js";
import { answerLost, names } from "./opened.js";
import { type StoreFaults, type StoreHarness, watchedStore } from "./stores.js";

const keys = range(1, 6);

/**
 * Events of some keys go through a projection and a projection of its outputs, while stores fail before and after
 * their commits, processes crash and new ones come, appends fail and fetches come late. In the end the states are those of
 * a plain fold over the events in call order, and every output was applied once, in order.
 */
export async function randomFaults(harness: Harness, stores: StoreHarness, seed: number): Promise<void> {
  const random = createRandom(seed).next;
  const world = await openWorld(harness, { seed });
  const { store, setBack } = watchedStore(await stores.createStore());
  const calm = { now: false };
  const producer = world.producer();
  const apps = [supervise(world, store, random, calm, "ledger"), supervise(world, store, random, calm, "books")];
  const counts = new Map(keys.map((key) => [key, 0]));
  for (let round = 0; round < 12; round += 1) {
    const sends: Promise<unknown>[] = [];
    for (let event = 0; event < 6; event += 1) {
      const order_id = keys[Math.floor(random() * keys.length)] ?? 1;
      const n = counts.get(order_id) ?? 0;
      counts.set(order_id, n + 1);
      sends.push(producer[names[n % 3] ?? "paid"]({ order_id, n }));
    }
    await Promise.all(sends);
    for (const app of apps) if (random() < 0.3) await app.disturb();
  }
  calm.now = true;
  for (const app of apps) await app.calmDown();
  for (const [key, count] of counts) {
    const expected = range(0, count).map((n) => `${names[n % 3]} ${n}`);
    await until(async () => expect(await logOf(store, key), `ledger of ${key}`).toEqual(expected), 12_000);
    await until(() => expectOutputs(world, key, count), 12_000);
    const outputs = range(0, count).map((n) => `${n % 3 === 2 ? "rated" : "invoiced"} ${n + 1}`);
    await until(async () => expect(await logOf(store, key, "books"), `books of ${key}`).toEqual(outputs), 12_000);
  }
  expect(setBack).toEqual([]);
}

/** Keeps one app running, as a supervisor does: what stops is started again; what is disturbed crashes, or gets company. */
function supervise(world: World, store: Store, random: () => number, calm: { now: boolean }, name: "ledger" | "books") {
  const running = new Set<TestProcess>();
  let stopped = false;

  const faults: StoreFaults = {
    async write(_, __, forward) {
      const dice = calm.now ? 1 : random();
      if (dice < 0.06) throw down();
      await forward();
      if (dice < 0.12) throw answerLost();
    },
  };

  const start = async () => {
    const process = world.process({ maxRecordsPerFetch: 1 + Math.floor(random() * 5) });
    running.add(process);
    for (const topic of name === "ledger" ? ["orders.invoiced", "orders.rated"] : [])
      process.intercept(topic, async (_, forward) => {
        const dice = calm.now ? 1 : random();
        if (dice < 0.1) throw new KeylineError("transport_unavailable", "no leader");
        const answer = await forward();
        if (dice < 0.15) throw new KeylineError("outcome_unknown", "the answer was lost");
        return answer;
      });
    const topics =
      name === "ledger" ? ["orders.placed", "orders.paid", "orders.shipped"] : ["orders.invoiced", "orders.rated"];
    // One topic comes rounds later than the others.
    const late = topics[Math.floor(random() * topics.length)] ?? "";
    const release = process.hold(late);
    setTimeout(release, 5 + random() * 40);
    const projection = name === "ledger" ? ledger() : books();
    const { ended } = await runProjection(world, store, { projection, process, faults, background: true });
    void ended.then((error) => {
      running.delete(process);
      if (error !== null && !process.isCrashed() && !stopped) void start();
    });
  };
  world.atEnd(() => {
    stopped = true;
  });
  void start();

  return {
    async disturb() {
      const [victim] = running;
      if (random() < 0.5 || !victim) return start();
      running.delete(victim);
      await victim.crash();
      if (running.size === 0) await start();
    },
    async calmDown() {
      if (running.size === 0) await start();
    },
  };
}

const down = () => new KeylineError("store_unavailable", "as the test says");
