import { setTimeout as sleep } from "node:timers/promises";
import { isKeylineError } from "../errors.js";

const firstPauseMs = 50;
const longestPauseMs = 5000;

/** Calls again, with growing pauses, while what fails may be tried again and nobody has stopped waiting. */
export async function whileAvailable<T>(run: () => Promise<T>, stopped: () => boolean): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await run();
    } catch (caught) {
      if (!isKeylineError(caught) || !caught.retryable || stopped()) throw caught;
      await sleep(pauseMs * (0.5 + Math.random() / 2));
    }
  }
}
