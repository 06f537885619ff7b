import { KeylineError } from "../errors.js";
import { type Arrival, positionOf } from "../lane/arrival.js";
import type { AttemptSpans } from "../lane/attempt-spans.js";
import { deadLetterRequest, isTooLarge, writeLetter } from "../lane/dead-letter.js";
import type { Work } from "../lane/work.js";
import { retry } from "../retry.js";
import type { Attempts } from "./attempts.js";
import type { HandlerEnvironment } from "./environment.js";

/** Writes an event to its dead-letter topic. */
export type DeadLetters = (work: Work<Arrival>, error: KeylineError, attempts: Attempts) => Promise<void>;

/** Writes until the letter is in the log, for one that is there twice is better than none; `signal` ends the waiting. */
export function createDeadLetters(env: HandlerEnvironment, spans: AttemptSpans, signal: AbortSignal): DeadLetters {
  const { writer, transport, groupId, clock, hooks } = env;
  const replay = "at-least-once";
  const policy = { firstPauseMs: 100, longestPauseMs: 5000, mayRetry, signal };
  return async (work, error, { attempts, firstAtMs }) => {
    const { record, key } = work.item;
    // The attempt is over; the letter may take as long as its topic is away.
    spans.end(work, { as: "deadLettered", error });
    const letter = { record, error, groupId, attempts, firstAtMs, lastAtMs: clock(), replay } as const;
    const request = deadLetterRequest(letter, transport.maxBatchBytes);
    await retry(policy, () => writeLetter(request, writer.write)).catch((caught: unknown) => {
      throw writeError(caught);
    });
    hooks.deadLettered?.({ ...positionOf(work), key, error });
  };
}

const writeError = (caught: unknown) => KeylineError.from(caught, "outcome_unknown", "cannot write a dead letter");

const mayRetry = (caught: unknown) => {
  const { retryable, code } = writeError(caught);
  // A topic that refuses even the smallest letter has to be configured differently: until then the event's key waits.
  return retryable || code === "outcome_unknown" || isTooLarge(caught);
};
