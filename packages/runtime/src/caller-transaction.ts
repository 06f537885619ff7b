import { KeylineError } from "./errors.js";

// What `ctx.once` and outboxes use of a database: single statements, in a transaction that the app began and will end.

/**
 * Runs a statement in the caller's own database transaction: `(sql, params) => client.query(sql, params)`. Parameters are `$1`,
 * `$2`, …, each text. Resolves to the rows, or to an object that has them in `rows`, as most drivers do.
 */
export type Execute = (sql: string, params: unknown[]) => PromiseLike<unknown>;

/** The rows of what `execute` resolved to. Throws `options_invalid` where there are none to be found. */
export function rowsOf<Row>(doing: string, result: unknown): readonly Row[] {
  const rows = typeof result === "object" && result !== null && "rows" in result ? result.rows : result;
  if (Array.isArray(rows)) return rows;
  throw new KeylineError("options_invalid", `cannot ${doing}: execute gave no rows: return what the driver returns`);
}

/**
 * Two statements of one call had different ids (`pg_current_xact_id()`), or none: what `execute` uses commits each statement by
 * itself, or runs them on several connections.
 */
export const notInTransaction = (doing: string): KeylineError =>
  new KeylineError(
    "not_in_transaction",
    `cannot ${doing}: two statements of execute were not in one transaction: give it the transaction's client, not a pool`,
  );

/** The SQLSTATE of what a driver, or a library above one, threw; null where it has none. */
export function sqlStateOf(caught: unknown): string | null {
  for (let at = caught, depth = 0; typeof at === "object" && at !== null && depth < maxDepth; depth += 1) {
    const { code, cause, meta } = at as { readonly code?: unknown; readonly cause?: unknown; readonly meta?: unknown };
    // Five characters are an SQLSTATE; others (ECONNREFUSED, EPIPE) are the connection's, and P2010 is Prisma's own.
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code) && meta === undefined) return code;
    at = meta ?? cause;
  }
  return null;
}

const maxDepth = 5;
