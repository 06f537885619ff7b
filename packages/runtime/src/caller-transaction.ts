import { KeylineError } from "./errors.js";

// What `ctx.once` and outboxes use of a database: single statements, in a transaction that the app began and will end.

/**
 * Runs a statement with `$1`, `$2`, ... in the caller's transaction, on the connection that began it:
 * `(sql, params) => client.query(sql, params)`. Resolves to the rows, as an array or as `rows` of an object. Every
 * parameter is a text.
 */
export type Execute = (sql: string, params: (string | null)[]) => PromiseLike<unknown>;

/** The rows in a result of `execute`. Throws `options_invalid` for anything that is not a result. */
export function rowsOf(result: unknown): readonly Readonly<Record<string, unknown>>[] {
  const rows = typeof result === "object" && result !== null && "rows" in result ? result.rows : result;
  if (Array.isArray(rows)) return rows;
  throw new KeylineError(
    "options_invalid",
    "execute must resolve to the rows of its statement, or to an object that has them as rows",
  );
}

/**
 * The error for two statements of one call that ran in different transactions: each was committed separately, or on
 * another connection.
 */
export const notInTransaction = (doing: string): KeylineError =>
  new KeylineError(
    "not_in_transaction",
    `cannot ${doing}: its two statements ran in two transactions: execute must use the connection that began yours`,
  );

/**
 * The SQLSTATE of an error of `execute`, null if it has none: drivers have it as `code`, and libraries wrap their
 * errors.
 */
export function sqlStateOf(thrown: unknown): string | null {
  const seen = new Set<unknown>();
  const open = [thrown];
  for (const next of open) {
    if (typeof next !== "object" || next === null || seen.has(next) || seen.size >= mostWrapped) continue;
    seen.add(next);
    const { code, originalCode, cause, driverError, original, meta, driverAdapterError } = next as Record<
      string,
      unknown
    >;
    const state = [code, originalCode].find(isSqlState);
    if (state !== undefined) return state;
    open.push(cause, driverError, original, meta, driverAdapterError);
  }
  return null;
}

/** Others are the connection's (ECONNREFUSED, EPIPE) or Prisma's own (P2010). */
const isSqlState = (code: unknown): code is string =>
  typeof code === "string" && /^(?!P[1-9])[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code);

const mostWrapped = 20;
