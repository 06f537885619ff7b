import type { KeylineError, TopicPartition } from "@keyline/runtime";
import type { OutgoingMessage } from "../client/protocol.js";
import type { Identity } from "./identity.js";

/** A batch of one partition on its way; it keeps its identity and its sequence over all attempts. */
export interface Job extends TopicPartition {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  stamp: { readonly identity: Identity; readonly sequence: number };
  attempts: number;
  /** An answer was lost after the request had left: the batch may be in the log. */
  lost: boolean;
  /** A request with several partitions failed, and kafkajs does not tell for which: the batch may be in the log. */
  unclear: boolean;
  resolve(answer: { readonly offset: number }): void;
  reject(error: KeylineError): void;
}
