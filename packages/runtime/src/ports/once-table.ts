import type { Execute } from "../caller-transaction.js";

/** Where handlers note which events they have handled: a table in the database that they write to. */
export interface OnceTable {
  /** How long notes are kept (milliseconds). */
  readonly keepMs: number;
  /**
   * Notes in the caller's transaction that a group has handled an event; `event` is a text of at most 800 bytes.
   * Resolves to false if it is noted already. If another transaction that has not ended has noted it, waits for the end
   * of that transaction. Rejects with `not_in_transaction`, and notes nothing, if the statements of `execute` are not
   * in one transaction.
   */
  note(execute: Execute, group: string, event: string): Promise<boolean>;
}
