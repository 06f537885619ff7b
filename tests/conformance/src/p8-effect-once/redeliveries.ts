import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { lettersOf, redelivered } from "../kit/letters.js";
import { headerOf, range, until, type World } from "../kit/world.js";
import { ledger, logOf, runProjection } from "./ledger.js";
import { open } from "./opened.js";
import type { StoreHarness } from "./stores.js";

/** A dead letter that is sent again is applied once, by the projection that refused it. */
export function redeliveryTests(harness: Harness, stores: StoreHarness): void {
  /** A projection that refuses the event of one number, until that is fixed. */
  const refusing = async () => {
    const opened = await open(harness, stores);
    const faults = new Set([1]);
    const projection = ledger({
      before: (_, { n }) => {
        if (faults.has(n)) throw new Error("as the test says");
      },
    });
    const run = (store = opened.store) => runProjection(opened.world, store, { projection, retry: { attempts: 1 } });
    const last = async (n: number, store = opened.store) => {
      await opened.world.producer().paid({ order_id: 7, n });
      await until(async () => expect(await logOf(store, 7)).toContain(`paid ${n}`));
      return logOf(store, 7);
    };
    return { ...opened, faults, run, last };
  };

  const pay = async (world: World, numbers: readonly number[]) => {
    const producer = world.producer();
    for (const n of numbers) await producer.paid({ order_id: 7, n });
    await producer.close();
  };

  const send = async (world: World, letters: readonly (Parameters<typeof redelivered>[0] | undefined)[]) => {
    for (const letter of letters) if (letter) await world.cluster.produceRaw(redelivered(letter));
  };

  describe("a dead letter that is sent again", () => {
    it("is applied once, however often it is sent, and by whomever", async () => {
      const { world, faults, run, last } = await refusing();
      await pay(world, range(0, 3));
      const { seen } = await run();
      const [letter] = await lettersOf(world, "orders.paid");
      expect(letter && headerOf(letter, "keyline-error-replay")).toBe("once");
      faults.clear();
      await send(world, [letter, letter, letter]);
      expect(await last(9)).toEqual(["paid 0", "paid 2", "paid 1", "paid 9"]);
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["not_refused", "not_refused"]));
    });

    it("is applied once also when 64 later events have pushed out its id", async () => {
      const { world, faults, run, last } = await refusing();
      await pay(world, [1]);
      await run();
      const [letter] = await lettersOf(world, "orders.paid");
      faults.clear();
      await send(world, [letter]);
      await pay(world, range(100, 170));
      await send(world, [letter]);
      const log = await last(9);
      expect(log).toHaveLength(72);
      expect(log.filter((line) => line === "paid 1")).toHaveLength(1);
    });

    it("and fails again has another letter, and the first one is applied no more", async () => {
      const { world, faults, run, last } = await refusing();
      await pay(world, [1]);
      await run();
      const [first] = await lettersOf(world, "orders.paid");
      await send(world, [first]);
      const letters = await lettersOf(world, "orders.paid", 2);
      const second = letters.find(({ offset }) => offset !== first?.offset);
      faults.clear();
      await send(world, [first]);
      expect(await last(8)).toEqual(["paid 8"]);
      await send(world, [second, first, second]);
      expect(await last(9)).toEqual(["paid 8", "paid 1", "paid 9"]);
    });

    it("is not applied by a projection that began again and has read the event itself", async () => {
      const { world, faults, run, last } = await refusing();
      await pay(world, [0, 1]);
      const first = await run();
      const [letter] = await lettersOf(world, "orders.paid");
      faults.clear();
      await send(world, [letter]);
      await until(async () => expect((await last(8)).filter((line) => line === "paid 1")).toHaveLength(1));
      await first.projector.close();
      const fresh = await stores.createStore();
      await run(fresh);
      await send(world, [letter]);
      expect(await last(9, fresh)).toEqual(["paid 0", "paid 1", "paid 8", "paid 9"]);
    });

    it("for another group, or about another topic's event, changes nothing here", async () => {
      const { world, faults, run, last } = await refusing();
      await pay(world, [1]);
      const { seen } = await run();
      const [letter] = await lettersOf(world, "orders.paid");
      if (!letter) throw new Error("there is no letter");
      faults.clear();
      await world.cluster.produceRaw(redelivered(letter, "mailer"));
      await world.cluster.produceRaw({ ...redelivered(letter, "mailer"), value: "no json" });
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["other_group", "other_group"]));
      // A writer of one topic has no say about the events of another: the header says nothing there.
      await world.cluster.produceRaw({ ...redelivered(letter), topic: "orders.placed" });
      await until(async () => expect(await last(8)).toContain("placed 1"));
      await send(world, [letter]);
      expect(await last(9)).toEqual(["placed 1", "paid 8", "paid 1", "paid 9"]);
      expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1);
    });
  });
}
