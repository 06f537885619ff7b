import type { ErrorCode } from "@keyline/runtime";
import { newTopicForMs } from "../client/cluster.js";
import type { Failure } from "../errors.js";
import type { Job } from "./job.js";

/** What a decision about a batch depends on. */
export interface Attempted extends Pick<Job, "attempts" | "deadlineMs" | "mayBeWritten"> {
  /** The caller gave up. */
  readonly isAborted: boolean;
  /** The producer is closed: no further attempt is made. */
  readonly isClosed: boolean;
}

/** What becomes of a batch after an attempt that failed. */
export type Decision =
  /** It goes again in its place: with its stamp, or, where that is of no use, with one of another identity. */
  | { readonly kind: "retry" | "stampAnew"; readonly pauseMs: number }
  /** Its caller is notified. After `outcome_unknown` the identity must not be used for the partition again. */
  | { readonly kind: "giveUp"; readonly code: ErrorCode; readonly retryable: boolean };

/** Answers after which the producer's identity is of no use for the partition; the batch was not written. */
const outOfPlace = new Set(["OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH"]);

const unknownTopicAttempts = 8;

const firstPauseMs = 50;
const longestPauseMs = 1000;

/**
 * Decides what becomes of a batch whose attempt failed. `mayBeWritten` covers that attempt. While a batch may be in the
 * log, only an answer settles it: it is tried again after any failure that leaves this open, also for a caller that gave
 * up, and never under another stamp, under which the broker would write it twice.
 */
export function decide(
  { attempts, deadlineMs, mayBeWritten, isAborted, isClosed }: Attempted,
  failure: Failure,
  nowMs: number,
): Decision {
  const isUnknownYet = failure.code === "topic_unknown" && attempts < unknownTopicAttempts && nowMs < deadlineMs;
  const isOpen = mayBeWritten && !failure.notWritten;
  const isOver = isClosed || (isAborted && !mayBeWritten) || nowMs > deadlineMs;
  const isOutOfPlace = failure.type !== null && outOfPlace.has(failure.type);
  const mayRetry = failure.retryable || isOpen || isUnknownYet;
  if (isOver || !mayRetry || (isOutOfPlace && mayBeWritten)) {
    if (mayBeWritten) return { kind: "giveUp", code: "outcome_unknown", retryable: false };
    if (isClosed) return { kind: "giveUp", code: "closed", retryable: false };
    if (isAborted) return { kind: "giveUp", code: "aborted", retryable: false };
    return { kind: "giveUp", code: failure.code, retryable: failure.retryable };
  }
  const longestMs = isUnknownYet ? newTopicForMs / unknownTopicAttempts : longestPauseMs;
  const pauseMs = Math.min(firstPauseMs * 2 ** attempts, longestMs);
  return { kind: isOutOfPlace ? "stampAnew" : "retry", pauseMs };
}
