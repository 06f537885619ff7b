import { type AnyProjection, KeylineError } from "@keyline/runtime";
import { domainOfProjection } from "@keyline/runtime/store";
import { checkNames, type NamesOf } from "@keyline/runtime/transport";
import { schemaName } from "../store.js";

/** The projection that a view shows, and the view's name. */
export interface StateViewOptions {
  readonly projection: Pick<AnyProjection, "name" | "reads">;
  /**
   * The view's name, `name` or `schema.name`, in plain lower case. Without a schema it is created in the first schema
   * of the search path.
   */
  readonly view: string;
  /** The schema of the store: a lower-case name. Default `keyline`. */
  readonly schema?: string;
}

const names: NamesOf<StateViewOptions> = { projection: true, view: true, schema: true };

/**
 * The statement that creates (or replaces) a view over a projection's states, for `migrate` of a store or your own
 * migrations. Its columns are `key` (text) and `state` (json), with a row for each key that has a state. Characters
 * that PostgreSQL's text cannot hold are replaced by U+FFFD. Throws `options_invalid` for names that are not plain, for
 * a projection that cannot run, and for an unknown option.
 */
export function stateView(options: StateViewOptions): string {
  checkNames("cannot create a view over states", options, names);
  const { projection, view } = options;
  const schema = schemaName(options.schema);
  if (!/^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$/.test(view))
    throw new KeylineError("options_invalid", `view ${JSON.stringify(view)} must be a plain lower-case name`);
  // Lanes have rows, too, and keys that were reset: no state is stored as null.
  return `create or replace view ${view} as
  select key, ${stateAsJson} as state from ${schema}.states
  where app = ${literal(projection.name)} and domain = ${literal(domainOfProjection(projection).name)} and state <> 'null'`;
}

/**
 * PostgreSQL's functions refuse a whole document for one U+0000, or half a surrogate pair, in any text of it: one such event would
 * make the view of no use for all keys. Here they are U+FFFD. The store writes no other surrogate as an escape.
 */
const stateAsJson = String.raw`
    (case when position(E'\\u0000' in state) > 0 or position(E'\\ud' in state) > 0
      then regexp_replace(
        state, E'(?<!\\\\)((?:\\\\\\\\)*)\\\\u(?:0000|d[89a-f][0-9a-f]{2})', E'\\1\\\\ufffd', 'g')
      else state end)::json`;

/** A text as a constant. If it has a backslash, the E keeps servers of either setting from reading it otherwise. */
const literal = (text: string) => `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
