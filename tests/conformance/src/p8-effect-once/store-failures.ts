import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { range, until } from "../kit/world.js";
import { expectOutputs, logOf, runProjection } from "./ledger.js";
import { answerLost, lines, open, storeDown, write } from "./opened.js";
import type { StoreHarness } from "./stores.js";

/** A store that fails now and then: everything once, and the app goes on. */
export function storeFailureTests(harness: Harness, stores: StoreHarness): void {
  describe("a store that fails", () => {
    const failures: readonly { title: string; fail: (forward: () => Promise<void>) => Promise<void> }[] = [
      { title: "before it wrote", fail: () => Promise.reject(storeDown()) },
      {
        title: "after it wrote, so that its answer is lost",
        fail: (forward) => forward().then(() => Promise.reject(answerLost())),
      },
    ];
    for (const { title, fail } of failures) {
      it(`${title}: everything once`, async () => {
        const { world, store, setBack } = await open(harness, stores);
        const keys = range(1, 5);
        await write(world, keys, 0, 6);
        let left = 3;
        await runProjection(world, store, {
          faults: { write: (_, __, forward) => (left-- > 0 ? fail(forward) : forward()) },
        });
        for (const key of keys) await until(async () => expect(await logOf(store, key)).toEqual(lines(0, 6)));
        for (const key of keys) await until(() => expectOutputs(world, key, 6));
        expect(setBack).toEqual([]);
      });
    }

    it("and wrote nothing: each lane is kept, and nothing of it is read again", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 6);
      let left = 5;
      const { seen } = await runProjection(world, store, {
        faults: { write: (_, __, forward) => (left-- > 0 ? Promise.reject(storeDown()) : forward()) },
      });
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 6)));
      expect(left).toBeLessThan(0);
      const taken = seen.laneTaken.map(({ lane }) => lane);
      expect(taken).toEqual([...new Set(taken)]);
    });

    for (const call of ["takeLane", "readStates", "readTimers", "holds"] as const) {
      it(`for a moment, in ${call}, does not stop the app`, async () => {
        const { world, store } = await open(harness, stores);
        let left = 2;
        const fail = (name: string) => {
          if (name === call && left-- > 0) throw storeDown();
        };
        const { ended } = await runProjection(world, store, { faults: { call: fail }, background: true });
        await write(world, [7], 0, 4);
        const applied = until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 4)));
        await Promise.race([applied, ended.then((error) => Promise.reject(error))]);
        await until(() => expectOutputs(world, 7, 4));
      });
    }
  });
}
