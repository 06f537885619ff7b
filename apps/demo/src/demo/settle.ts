import { setTimeout as sleep } from "node:timers/promises";
import type { DemoStore } from "../pipeline/store.js";

interface Reader {
  caughtUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** What has to be over before the outcome is looked at, and when to look at it anyway (by `performance.now`). */
export interface SettleOptions {
  readonly store: DemoStore;
  readonly untilMs: number;
  readonly deadlineMs: number;
}

const pollMs = 20;

/** Waits until every reader has caught up, one after the other, and every deadline before `untilMs` has fired. */
export async function settle(readers: readonly Reader[], { store, untilMs, deadlineMs }: SettleOptions): Promise<void> {
  const signal = AbortSignal.timeout(Math.max(0, Math.ceil(deadlineMs - performance.now())));
  const catchUp = async () => {
    for (const reader of readers) await reader.caughtUp({ signal });
  };
  try {
    await catchUp();
    while ((await store.timersDue(untilMs)) > 0) await sleep(pollMs, undefined, { signal });
    await catchUp();
  } catch (caught) {
    // What is missing by then shows in the verdict.
    if (!signal.aborted) throw caught;
  }
}
