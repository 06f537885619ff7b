import type { Execute } from "../caller-transaction.js";

/** Where handlers note which events they have handled: a table of the database that they write to. */
export interface OnceTable {
  /** For how long what is noted is kept (milliseconds). */
  readonly keepMs: number;
  /**
   * Notes in the caller's transaction that a group has handled an event, `event` being at most 800 bytes of text. Resolves to
   * false where that is noted already. Where another transaction has noted it and has not ended, it waits for its end. Rejects
   * with `not_in_transaction` where the statements of `execute` are not in one transaction, having noted nothing.
   */
  note(execute: Execute, group: string, event: string): Promise<boolean>;
}
