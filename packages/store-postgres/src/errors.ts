import { isKeylineError, KeylineError } from "@keyline/runtime";

/** Turns what a driver threw into a KeylineError. Nothing of a connection string is ever in it. */
export function storeError(caught: unknown, doing: string): KeylineError {
  if (isKeylineError(caught)) return caught;
  const reason = caught instanceof Error ? caught.message : String(caught);
  const state = sqlState(caught);
  // Classes 22, 23 and 42 are faults of the statement or its data: the same call would fail again.
  const permanent = state !== null && /^(22|23|42|28|3D|3F)/.test(state);
  return new KeylineError("store_unavailable", `cannot ${doing}: ${reason}`, { cause: caught, retryable: !permanent });
}

function sqlState(caught: unknown): string | null {
  if (typeof caught !== "object" || caught === null || !("code" in caught)) return null;
  // Five characters are an SQLSTATE; others (ECONNREFUSED) are the connection's.
  return typeof caught.code === "string" && /^[0-9A-Z]{5}$/.test(caught.code) ? caught.code : null;
}
