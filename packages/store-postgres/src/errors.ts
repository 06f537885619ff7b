import { isKeylineError, KeylineError } from "@keyline/runtime";
import { UnknownCommit } from "./sql.js";

/**
 * SQLSTATE classes after which the same call may succeed: the connection (08), the transaction's state (25, also a
 * server that became read-only), a conflict of transactions (40), resources (53), a lock (55), the operator (57), the
 * system (58). Everything else is a fault of the statement, its data or the rights, and would fail again.
 */
const retryable = /^(08|25|40|53|55|57|58)/;

/** Turns what a driver threw into a KeylineError. No part of a connection string is ever in it. */
export function storeError(caught: unknown, doing: string): KeylineError {
  if (isKeylineError(caught)) return caught;
  return new KeylineError("store_unavailable", `cannot ${doing}: ${reasonOf(caught)}`, {
    cause: caught,
    retryable: isRetryable(caught),
  });
}

/**
 * The error of a write to a lane. Its statements are fixed, so what is wrong with one of them (class 42) or with the schema
 * (3F) is nothing that an event can bring about: the schema was changed, or the rights were. Whether it was written is not
 * known where the answer to the commit was lost.
 */
export function writeError(caught: unknown, doing: string): KeylineError {
  if (caught instanceof UnknownCommit)
    return new KeylineError("outcome_unknown", `cannot ${doing}: ${caught.message}`, { cause: caught });
  if (isKeylineError(caught) || !/^(42|3F)/.test(sqlState(caught) ?? "")) return storeError(caught, doing);
  return new KeylineError("store_format", `cannot ${doing}: ${reasonOf(caught)}`, { cause: caught });
}

/** Whether two transactions got in each other's way, so that the database rolled this one back: it may run again. */
export function isConflict(caught: unknown): boolean {
  const state = sqlState(caught);
  return state === "40001" || state === "40P01";
}

/** Whether a connection broke, or the server ended it, so that it answers nothing any more. */
export function isOfConnection(caught: unknown): boolean {
  const state = sqlState(caught);
  return state === null || /^(08|57P)/.test(state);
}

function isRetryable(caught: unknown): boolean {
  const state = sqlState(caught);
  if (state !== null) return retryable.test(state);
  // A value that is not valid JSON (a cycle, a bigint) or a fault of this program.
  return !(caught instanceof TypeError || caught instanceof RangeError || caught instanceof SyntaxError);
}

function reasonOf(caught: unknown): string {
  // Of a host with several addresses: one error for each, and no message of its own.
  if (caught instanceof AggregateError) return caught.errors.map(reasonOf).join("; ");
  return caught instanceof Error ? caught.message : String(caught);
}

/** The SQLSTATE of what a driver threw; null where it has none. */
export function sqlState(caught: unknown): string | null {
  if (typeof caught !== "object" || caught === null || !("code" in caught)) return null;
  // Five characters are an SQLSTATE; others (ECONNREFUSED, EPIPE) are the connection's.
  return typeof caught.code === "string" && /^[0-9A-Z]{5}$/.test(caught.code) && /[0-9]/.test(caught.code)
    ? caught.code
    : null;
}
