// For implementations of tracing.

export type {
  AttemptOutcome,
  AttemptSpan,
  Hold,
  SendSpan,
  TracedAttempt,
  TracedBatch,
  TracedSend,
  TraceHeaders,
  Tracing,
} from "./ports/tracing.js";
