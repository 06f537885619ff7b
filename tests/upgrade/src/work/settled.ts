import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../versions/version.ts";
import { logsOf } from "./evidence.ts";
import { setsTimer } from "./projections.ts";

const settleWithinMs = 150_000;

/** Waits until both apps have a line for each event and timer; what is missing at the end is found by the verdict. */
export async function settled(store: Store, schema: string, keys: readonly string[], sentEach: number): Promise<void> {
  const lines = sentEach + Array.from({ length: sentEach }, (_, n) => n).filter(setsTimer).length;
  const deadlineMs = performance.now() + settleWithinMs;
  while (performance.now() < deadlineMs) {
    const found = await Promise.all(["tally", "books"].map((app) => logsOf(store, schema, app)));
    if (found.every((logs) => keys.every((key) => new Set(logs.get(key)).size >= lines))) return;
    await sleep(200);
  }
}
