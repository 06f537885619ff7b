import { KeylineError } from "@keyline/runtime";
import { notInTransaction, type OnceTable, rowsOf, sqlStateOf } from "@keyline/runtime/store";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { schemaName } from "../store.js";
import { migrationOf, noteQuery, tableOf, transactionQuery } from "./sql.js";

/** The table in which handlers note their events. */
export interface OnceTableOptions {
  /** The schema of the table: a lower-case name. Default `keyline`. */
  readonly schema?: string;
  /**
   * How long a note is kept (milliseconds), by the database's clock. Default 604,800,000 (7 days). An event that comes
   * again later, because a process stalled or a dead letter is replayed, takes effect again. A consumer refuses to
   * start if it is less than 7 days and less than the retention of its topics plus the session timeout.
   */
  readonly keepMs?: number;
}

const names: NamesOf<OnceTableOptions> = { schema: true, keepMs: true };

const week = 7 * 24 * 60 * 60 * 1000;

/** Every so many calls remove twice as many rows at most: fewer than are added never stay, and a single call does little. */
const removeEvery = 100;
const removeAtMost = 2 * removeEvery;

/**
 * Creates the table of `ctx.once`, for the option `once` of a consumer. It has no connection of its own: it works in
 * the transactions of handlers, and removes old rows there, at most 200 in one. Throws `options_invalid` for a schema
 * that is not a plain name, for a time that is not above 0, and for an unknown option.
 */
export function createOnceTable(options: OnceTableOptions = {}): OnceTable {
  checkNames("cannot use the table of ctx.once", options, names);
  const schema = schemaName(options.schema);
  const { keepMs = week } = options;
  if (!(keepMs > 0 && Number.isFinite(keepMs)))
    throw new KeylineError("options_invalid", `cannot keep what was handled for ${keepMs} ms: give more than 0`);
  const query = noteQuery(schema);
  // Invariant: `calls` counts what was noted through it; every hundredth call, from the first on, removes old rows.
  let calls = 0;

  return {
    keepMs,
    async note(execute, group, event) {
      const doing = `note in ${tableOf(schema)} what was handled`;
      const run = async (sql: string, params: string[]) => {
        try {
          return rowsOf(await execute(sql, params))[0];
        } catch (caught) {
          throw sqlStateOf(caught) === undefinedTable ? missing(schema, doing, caught) : caught;
        }
      };
      const before = await run(transactionQuery, []);
      const limit = calls % removeEvery === 0 ? removeAtMost : 0;
      calls += 1;
      const params = [String(before?.transaction), group, event, String(keepMs), String(limit)];
      const done = await run(query, params);
      if (!done?.same) throw notInTransaction(doing);
      return Boolean(done.noted);
    },
  };
}

/**
 * The SQL that creates the table of `ctx.once`, for your own migrations; it changes nothing if the table exists. The
 * handlers' user needs the rights to select, insert, update (to lock rows) and delete. Throws `options_invalid` as
 * {@link createOnceTable} does.
 */
export function onceTableSql(options: Pick<OnceTableOptions, "schema"> = {}): string {
  checkNames("cannot create the table of ctx.once", options, { schema: true });
  return migrationOf(schemaName(options.schema));
}

const undefinedTable = "42P01";

const missing = (schema: string, doing: string, cause: unknown) =>
  new KeylineError(
    "store_format",
    `cannot ${doing}: there is no such table: run the SQL of onceTableSql() of @keyline/postgres${schema === "keyline" ? "" : ` for schema ${schema}`}, as a migration or before the consumer starts`,
    { cause },
  );
