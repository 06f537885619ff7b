import { KeylineError } from "@keyline/runtime";

/**
 * Runs a statement with `$1`, `$2`, ... in the caller's transaction, on the connection that began it. Resolves to the rows, as
 * an array or as `rows` of an object. Every parameter is text.
 */
export type Execute = (sql: string, params: (string | null)[]) => PromiseLike<unknown>;

/** The rows of what `execute` resolved to. Throws `options_invalid` for something else. */
export function rowsOf(result: unknown): readonly Readonly<Record<string, unknown>>[] {
  const rows = Array.isArray(result) ? result : (result as { readonly rows?: unknown } | null | undefined)?.rows;
  if (Array.isArray(rows)) return rows;
  throw new KeylineError(
    "options_invalid",
    "execute must resolve to the rows of its statement, or to an object that has them as rows",
  );
}

/** The SQLSTATE of what `execute` threw: drivers have it as `code`, and libraries wrap their errors. */
export function stateOf(thrown: unknown): string | null {
  const seen = new Set<unknown>();
  const open = [thrown];
  for (const next of open) {
    if (typeof next !== "object" || next === null || seen.has(next) || seen.size >= mostWrapped) continue;
    seen.add(next);
    const { code, cause, driverError, original, meta } = next as Record<string, unknown>;
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && /[0-9]/.test(code)) return code;
    open.push(cause, driverError, original, meta);
  }
  return null;
}

const mostWrapped = 20;
