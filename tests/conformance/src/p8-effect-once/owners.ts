import type { KeylineError } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { lanes } from "../kit/orders.js";
import { laneOf, range, sameLane, until } from "../kit/world.js";
import { expectOutputs, ledger, logOf, runProjection } from "./ledger.js";
import { lines, names, open, write } from "./opened.js";
import type { StoreHarness } from "./stores.js";

/** Owners that overlap: a zombie and its successor, or two that race. */
export function ownerTests(harness: Harness, stores: StoreHarness): void {
  describe("two owners of one lane", () => {
    it("that race for it: everything once, no position goes back, and both come to rest", async () => {
      const { world, store, setBack, writes } = await open(harness, stores);
      const keys = sameLane(1, 3);
      // Two groups: both own every lane, as a zombie and its successor do.
      const one = await runProjection(world, store, { groupId: "one" });
      const two = await runProjection(world, store, { groupId: "two" });
      const producer = world.producer();
      for (const n of range(0, 20)) {
        await Promise.all(keys.map((order_id) => producer[names[n % 3] ?? "paid"]({ order_id, n })));
      }
      for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 20)), 15_000);
      for (const key of keys) await until(() => expectOutputs(world, key, 20), 15_000);
      expect(setBack).toEqual([]);
      expect(one.seen.fenced.length + two.seen.fenced.length).toBeGreaterThan(0);
      let rested = { writes: -1, times: 0 };
      await until(() => {
        rested = { writes: writes.length, times: rested.writes === writes.length ? rested.times + 1 : 0 };
        expect(rested.times, "looks at the store between which nothing was written").toBeGreaterThan(50);
      }, 10_000);
    });

    it("one of them far behind: what it applies late is applied already, and it sets no position back", async () => {
      const { world, store, setBack } = await open(harness, stores);
      await write(world, [7], 0, 3);
      const late = world.process();
      const slow = await runProjection(world, store, { groupId: "slow", process: late });
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 3)));
      const releases = names.map((name) => late.hold(`orders.${name}`));
      const quick = await runProjection(world, store, { groupId: "quick" });
      await write(world, [7], 3, 12);
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 12)));
      // One more event, whose topic alone the slow one gets: it takes the lane again, behind on the others.
      releases[0]?.();
      await until(() => expect(slow.seen.fenced.length).toBeGreaterThan(0));
      await until(async () =>
        expect(await store.holds({ app: "ledger", domain: "orders", lane: laneOf(7), epoch: 2 })).toBe(false),
      );
      await write(world, [7], 12, 16);
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 16)));
      for (const release of releases) release();
      await until(() => expectOutputs(world, 7, 16));
      expect(setBack).toEqual([]);
      expect(quick.seen.handled.length + slow.seen.handled.length).toBeGreaterThanOrEqual(16);
    });

    it("a timer, which has no offset, is not fired by an owner that was fenced; its next owner fires it once", async () => {
      const { world, store } = await open(harness, stores);
      const clock = { nowMs: Date.UTC(2026, 0, 1) };
      const projection = ledger({
        before: (name, event, ctx) => {
          if (name === "placed") ctx.timer.set("due", Date.parse(event.at) + 60_000);
        },
      });
      await world.producer().placed({ order_id: 7, n: 0, at: new Date(clock.nowMs).toISOString() });
      let fence = false;
      const outcomes: string[] = [];
      await runProjection(world, store, {
        projection,
        clock: () => clock.nowMs,
        faults: {
          async write({ app, domain, lane }, { states }, forward) {
            if (!fence || states.length === 0) return forward();
            if (outcomes.length === 0) await store.takeLane({ app, domain, lane });
            await forward().then(
              () => outcomes.push("written"),
              (error: KeylineError) => {
                outcomes.push(error.code);
                throw error;
              },
            );
          },
        },
      });
      await until(() => expectOutputs(world, 7, 1));
      fence = true;
      clock.nowMs += 120_000;
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "timer due"]));
      // Others see what was written before its writer hears of it.
      await until(() => expect(outcomes.slice(0, 2)).toEqual(["lane_fenced", "written"]));
    });

    it("a zombie whose transaction was under way when it lost the lane changes nothing", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 4);
      const gate = Promise.withResolvers<void>();
      let under = 0;
      const outcomes: string[] = [];
      const zombie = await runProjection(world, store, {
        faults: {
          write: async (_, { states }, forward) => {
            // Where a lane begins is written apart.
            if (states.length === 0) return forward();
            under += 1;
            await gate.promise;
            await forward().then(
              () => outcomes.push("written"),
              (error: KeylineError) => {
                outcomes.push(error.code);
                throw error;
              },
            );
          },
        },
      });
      await until(() => expect(under).toBe(1));
      await runProjection(world, store, { groupId: "successor" });
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 4)));
      gate.resolve();
      await until(() => expect(outcomes[0]).toBe("lane_fenced"));
      await until(() => expect(zombie.seen.fenced.length).toBeGreaterThan(0));
      await write(world, [7], 4, 6);
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 6)));
      await until(() => expectOutputs(world, 7, 6));
    });

    needing(harness, "stall")("an owner that stalls, loses its lanes and wakes: everything once", async () => {
      const { world, store, setBack } = await open(harness, stores);
      const keys = range(1, 6);
      const stalled = await runProjection(world, store);
      await write(world, keys, 0, 3);
      for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 3)));
      const wake = faultsOf(world.cluster).stall(stalled.process.inner);
      const next = await runProjection(world, store);
      await write(world, keys, 3, 6);
      for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 6)));
      wake();
      await write(world, keys, 6, 9);
      for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 9)));
      for (const key of keys) await until(() => expectOutputs(world, key, 9));
      expect(setBack).toEqual([]);
      expect(next.seen.laneTaken.length).toBeGreaterThanOrEqual(lanes);
    });
  });
}
