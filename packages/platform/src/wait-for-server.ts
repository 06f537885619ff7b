import { isKeylineError } from "@keyline/runtime";
import { harmless } from "@keyline/runtime/tools";
import { retry } from "@keyline/runtime/transport";

/** How long a server may take to come up beside an app. */
const longestMs = 60_000;
const pauseMs = 500;

/**
 * Does what an app needs to start, again and again while a server is away: both are often started together. An app that is
 * stopped meanwhile does not wait: then it rejects with what failed last.
 */
export function waitForServer<Result>(
  run: () => Promise<Result>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Result> {
  const untilMs = performance.now() + longestMs;
  const mayRetry = (caught: unknown) => {
    if (!isKeylineError(caught) || !caught.retryable || performance.now() > untilMs) return false;
    say(`waits: ${harmless(caught.message)}\n`);
    return true;
  };
  return retry({ firstPauseMs: pauseMs, longestPauseMs: pauseMs, mayRetry, signal }, run);
}
