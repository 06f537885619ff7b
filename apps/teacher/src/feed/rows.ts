import type { SqlStore } from "@keyline/postgres";
import { teacher } from "../projection/projection.js";
import type { StudentState } from "../projection/state.js";
import type { StudentRow } from "./class-model.js";

interface StoredRow {
  readonly key: string;
  readonly version: number;
  readonly state: string;
}

/** Reads what the projection wrote, whichever copy of it did. */
export interface Rows {
  /** A number for each lane that grows with what is applied in it. */
  lanes(): Promise<ReadonlyMap<number, number>>;
  /** The version of each student's row, in these lanes or in all. */
  versions(lanes?: readonly number[]): Promise<readonly { readonly key: string; readonly version: number }[]>;
  ofKeys(keys: readonly string[]): Promise<readonly StudentRow[]>;
}

/** @see Rows */
export function createRows({ sql }: Pick<SqlStore, "sql">): Rows {
  const app = teacher.name;
  return {
    async lanes() {
      const rows = await sql<{ lane: number; applied: number }>(
        "select lane, sum(next_offset)::float8 as applied from keyline.positions where app = $1 group by lane",
        [app],
      );
      return new Map(rows.map(({ lane, applied }) => [lane, applied]));
    },
    versions: (lanes) =>
      sql(
        "select key, version::float8 as version from keyline.states where app = $1 and ($2::integer[] is null or lane = any($2))",
        [app, lanes ?? null],
      ),
    async ofKeys(keys) {
      const query =
        "select key, version::float8 as version, state from keyline.states where app = $1 and key = any($2::text[])";
      return (await sql<StoredRow>(query, [app, keys])).map(rowOf);
    },
  };
}

function rowOf({ key, version, state }: StoredRow): StudentRow {
  // The projection alone writes these rows, through the store, which checks whose they are.
  return { key, version, state: JSON.parse(state) as StudentState };
}
