import { createRandom } from "@keyline/runtime/testing";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { seeds } from "../kit/seeds.js";
import { range, until } from "../kit/world.js";
import type { DatabaseHarness } from "./databases.js";
import { firstOccurrences, type Opened, open, type Published, publishedOn } from "./opened.js";

const names = ["orders.placed", "orders.paid"];

export function orderTests(harness: Harness, databases: DatabaseHarness): void {
  describe("first occurrences of a key's events follow the order of commits", () => {
    it("with many writers on few keys, some of which roll back, and relays that come and go", async () => {
      const opened = await open(harness, databases);
      const witness = await witnessIn(opened);
      const random = createRandom(7);
      const relays = [await opened.relay(), await opened.relay()];
      const writers = range(0, 4).map(async (writer) => {
        for (const turn of range(0, 15)) await witness.write(random, writer * 1000 + turn);
      });
      await Promise.all([...writers, relays[0]?.close(), opened.relay({ maxRows: 5 })]);
      await until(async () => expect(await opened.count()).toBe(0));
      await expectCommitted(opened, witness);
    });

    const it2 = needing(harness, "append-faults");
    for (const seed of seeds(2)) {
      it2(`while the brokers lose, refuse and break off at random (seed ${seed})`, async () => {
        const opened = await open(harness, databases, { seed });
        const witness = await witnessIn(opened);
        const random = createRandom(seed);
        const faults = faultsOf(opened.world.cluster);
        for (const _ of range(0, 2)) await opened.relay({ deliveryTimeoutMs: 200 });
        for (const turn of range(0, 40)) {
          const place = { topic: names[random.below(2)] ?? "", count: 1 };
          if (random.chance(0.1)) faults.breakAppends({ ...place, written: random.below(2) === 0 });
          if (random.chance(0.1)) faults.refuseAppends(place);
          if (random.chance(0.1)) faults.loseAnswers(place);
          await witness.write(random, turn);
        }
        await until(async () => expect(await opened.count()).toBe(0));
        await expectCommitted(opened, witness);
      });
    }
  });
}

/** What the database itself says of the order of commits: how many events of the key it had when a transaction wrote one. */
async function witnessIn({ database, schema, transaction, outbox }: Opened) {
  await database.query(`create table ${schema}.witness (key text, place bigint, n bigint, primary key (key, place))`);
  return {
    /** One transaction of a few events, of which one in five rolls back. */
    async write(random: ReturnType<typeof createRandom>, turn: number) {
      const rollsBack = random.below(5) === 0;
      // In one order, so that none wait for each other.
      const keys = range(1, 4).filter(() => random.below(2) === 0);
      await transaction(async (execute) => {
        const writer = outbox.within(execute);
        for (const order_id of keys) {
          const n = turn * 10 + order_id;
          await (random.below(2) === 0 ? writer.placed : writer.paid)({ order_id, n });
          await execute(
            `insert into ${schema}.witness select $1::text, count(*), ($2::text)::bigint from ${schema}.witness where key = $1::text`,
            [String(order_id), String(n)],
          );
        }
        if (rollsBack) throw new Error("the app changed its mind");
      }).catch((caught: Error) => {
        if (caught.message !== "the app changed its mind") throw caught;
      });
    },
    async orders(): Promise<ReadonlyMap<string, readonly number[]>> {
      const rows = await database.query<{ key: string; n: string }>(
        `select key, n::text as n from ${schema}.witness order by key, place`,
      );
      const keys = [...new Set(rows.map(({ key }) => key))];
      return new Map(keys.map((key) => [key, rows.filter((row) => row.key === key).map(({ n }) => Number(n))]));
    },
  };
}

/**
 * Each committed event is there; on one log in the order of commits; and over two logs an event names one that was committed
 * before it, so that no reader handles it first.
 */
async function expectCommitted(opened: Opened, witness: Awaited<ReturnType<typeof witnessIn>>) {
  const published = await publishedOn(opened, names);
  const orders = await witness.orders();
  for (const [key, committed] of orders) {
    const ofKey = published.filter((one) => one.key === key);
    const first = committed.map((n) => ofKey.find((one) => one.n === n));
    expect(first.map((one) => one?.n)).toEqual(committed);
    for (const name of names) {
      const ofLog = ofKey.filter(({ topic }) => topic === name);
      expect(firstOccurrences(ofLog).get(key) ?? []).toEqual(committed.filter((n) => ofLog.some((one) => one.n === n)));
    }
    for (const [at, one] of first.entries()) expectNames(one, first[at - 1]);
  }
  expect(new Set(published.map(({ n }) => n)).size).toBe([...orders.values()].flat().length);
}

/** On another log the event names its predecessor, or something behind it. */
function expectNames(event: Published | undefined, before: Published | undefined) {
  if (!event || !before || event.topic === before.topic) return;
  const named = (event.after ?? "").split(",").find((one) => one.trim().startsWith(`${before.topic}/`));
  expect(Number(named?.split("@")[1] ?? -1)).toBeGreaterThanOrEqual(before.offset);
}
