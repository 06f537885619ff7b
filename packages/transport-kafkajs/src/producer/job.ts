import type { KeylineError } from "@keyline/runtime";
import type { ProducerRecord, TopicPartition } from "@keyline/runtime/transport";
import type { Identity } from "./identity.js";

/** A batch of one partition on its way; it keeps its identity and its sequence over all attempts. */
export interface Job extends TopicPartition {
  readonly records: readonly ProducerRecord[];
  readonly bytes: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  stamp: { readonly identity: Identity; readonly sequence: number };
  attempts: number;
  /** An answer was lost after the request had left, or said too little: the batch may be in the log. */
  lost: boolean;
  resolve(answer: { readonly offset: number }): void;
  reject(error: KeylineError): void;
}
