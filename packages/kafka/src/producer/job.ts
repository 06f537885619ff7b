import type { KeylineError } from "@keyline/runtime";
import type { ProducerRecord, TopicPartition } from "@keyline/runtime/transport";
import type { Stamp } from "./identity.js";

/** A batch of one partition on its way; it keeps its identity and its sequence over all attempts. */
export interface Job extends TopicPartition {
  readonly records: readonly ProducerRecord[];
  readonly bytes: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  stamp: Stamp;
  attempts: number;
  /** An answer was lost after the request had left, or said too little: the batch may be in the log. */
  mayBeWritten: boolean;
  resolve(answer: { readonly offset: number }): void;
  reject(error: KeylineError): void;
}
