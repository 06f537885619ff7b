import { expect, it } from "vitest";
import { createHoldRecorder, createHoldsTable, readHolds } from "./holds.js";
import { openStore } from "./store.js";

const place = (topic: string, offset: number, partition = 3) => ({ topic, partition, offset });

it("records what waited for what and how long, once it goes on; not what a lost lane left waiting", async () => {
  const store = await openStore();
  await createHoldsTable(store);
  await createHoldsTable(store);
  const recorder = createHoldRecorder({ app: "progress", store, everyMs: 60_000 });
  const { held, released, laneLost } = recorder.hooks;
  held?.({ group: "progress", ...place("b", 1), key: "42", cause: place("a", 7) });
  released?.({ group: "progress", ...place("b", 1), key: "42", heldMs: 12.5 });
  held?.({ group: "progress", ...place("b", 2, 4), key: "43", cause: place("a", 8, 4) });
  laneLost?.({ group: "progress", domain: "students", lane: 4, reason: "rebalance" });
  released?.({ group: "progress", ...place("b", 2, 4), key: "43", heldMs: 1 });
  await recorder.close();
  // The next owner holds it again, for less; the longest wait is told.
  const again = createHoldRecorder({ app: "progress", store });
  again.hooks.held?.({ group: "progress", ...place("b", 1), key: "42", cause: place("a", 7) });
  again.hooks.released?.({ group: "progress", ...place("b", 1), key: "42", heldMs: 3 });
  await again.close();
  const read = await readHolds(store, [place("b", 1), place("b", 2, 4), place("c", 1)]);
  expect(read).toEqual([{ app: "progress", ...place("b", 1), cause: place("a", 7), heldMs: 12.5 }]);
  await store.close();
});
