import { setTimeout as sleep } from "node:timers/promises";
import { isKeylineError } from "@keyline/runtime";

/** How long a server may take to come up beside an app. */
const patienceMs = 60_000;
const pauseMs = 500;

/** Does what an app needs to start, again and again while a server is away: both are often started together. */
export async function patiently<Result>(run: () => Promise<Result>, say: (line: string) => void): Promise<Result> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    try {
      return await run();
    } catch (caught) {
      if (!isKeylineError(caught) || !caught.retryable || performance.now() > untilMs) throw caught;
      say(`waits: ${caught.message}\n`);
      await sleep(pauseMs);
    }
  }
}
