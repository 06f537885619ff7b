import { setTimeout as sleep } from "node:timers/promises";
import { isKeylineError } from "@keyline/runtime";
import { harmless } from "@keyline/runtime/tools";

/** How long a server may take to come up beside an app. */
const longestMs = 60_000;
const pauseMs = 500;

/**
 * Does what an app needs to start, again and again while a server is away: both are often started together. An app that is
 * stopped meanwhile does not wait: then it rejects with what failed last.
 */
export async function retry<Result>(
  run: () => Promise<Result>,
  say: (line: string) => void,
  stopping?: AbortSignal,
): Promise<Result> {
  const untilMs = performance.now() + longestMs;
  for (;;) {
    try {
      return await run();
    } catch (caught) {
      const isOver = stopping?.aborted || performance.now() > untilMs;
      if (!isKeylineError(caught) || !caught.retryable || isOver) throw caught;
      say(`waits: ${harmless(caught.message)}\n`);
      await sleep(pauseMs, undefined, stopping && { signal: stopping }).catch(() => Promise.reject(caught));
    }
  }
}
