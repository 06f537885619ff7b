import type { Execute } from "@keyline/runtime/store";
import { expect, test } from "vitest";
import { createOnceTable, onceTableSql } from "../../src/index.js";

/** A database under test. */
export interface OnceDatabase {
  /** Runs statements, each committed. */
  run(sql: string): Promise<unknown>;
  /** Commits when it resolves, rolls back when it rejects. */
  transaction<T>(run: (execute: Execute) => Promise<T>): Promise<T>;
  /** Runs each statement by itself. */
  readonly autocommit: Execute;
}

let schemas = 0;

/** The table of `ctx.once` in a schema of its own. */
export async function openOnce({ run }: OnceDatabase, keepMs?: number) {
  schemas += 1;
  const schema = `once_${schemas}`;
  await run(onceTableSql({ schema }));
  return { schema, table: createOnceTable({ schema, ...(keepMs === undefined ? {} : { keepMs }) }) };
}

/** Rows of a table of {@link openOnce}'s. */
export const countIn = ({ transaction }: OnceDatabase, schema: string): Promise<number> =>
  transaction(async (execute) => {
    const result = await execute(`select count(*)::integer as rows from ${schema}.handled`, []);
    return (result as { readonly rows: readonly [{ readonly rows: number }] }).rows[0].rows;
  });

/** Rows that were noted so many days ago. */
export const aged = ({ run }: OnceDatabase, schema: string, rows: number, days: number) =>
  run(`insert into ${schema}.handled (consumer_group, event, handled_at)
    select 'g', 'old ' || n || ' ${days}', now() - interval '${days} days' from generate_series(1, ${rows}) n`);

const week = 7 * 24 * 60 * 60 * 1000;

/** What any database has to keep. */
export function onceTableSuite(database: () => OnceDatabase): void {
  test("an event is noted once for each group, and not where its transaction rolls back", async () => {
    const { transaction } = database();
    const { schema, table } = await openOnce(database());
    const note = (group: string, event: string) => transaction((execute) => table.note(execute, group, event));
    expect([await note("g", "a"), await note("g", "a"), await note("h", "a"), await note("g", "b")]).toEqual([
      ...[true, false, true, true],
    ]);
    const rolledBack = transaction(async (execute) => {
      expect(await table.note(execute, "g", "c")).toBe(true);
      expect(await table.note(execute, "g", "c")).toBe(false);
      throw new Error("as the test says");
    });
    await expect(rolledBack).rejects.toThrow("as the test says");
    expect(await note("g", "c")).toBe(true);
    expect(await countIn(database(), schema)).toBe(4);
  });

  test("statements that commit by themselves are refused, and note nothing", async () => {
    const { autocommit } = database();
    const { schema, table } = await openOnce(database());
    const refused = expect.objectContaining({
      code: "not_in_transaction",
      message: expect.stringContaining("execute must use the connection that began yours"),
    });
    await expect(table.note(autocommit, "g", "a")).rejects.toEqual(refused);
    expect(await countIn(database(), schema)).toBe(0);
  });

  test("a table that is not there is told, with the migration that makes it", async () => {
    const table = createOnceTable({ schema: "nowhere" });
    await expect(database().transaction((execute) => table.note(execute, "g", "a"))).rejects.toMatchObject({
      code: "store_format",
      message:
        "[store_format] cannot note in nowhere.handled what was handled: there is no such table: run the SQL of " +
        "onceTableSql() of @keyline/postgres for schema nowhere, as a migration or before the consumer starts",
      cause: expect.objectContaining({ code: "42P01" }),
    });
  });

  test("the migration may run again, and keeps what is there", async () => {
    const { schema, table } = await openOnce(database());
    await database().transaction((execute) => table.note(execute, "g", "a"));
    await database().run(onceTableSql({ schema }));
    expect(await countIn(database(), schema)).toBe(1);
  });

  test("rows go by age alone: 200 in one call at most, and more than are added", async () => {
    const { transaction } = database();
    const { schema, table } = await openOnce(database());
    await aged(database(), schema, 500, 8);
    await aged(database(), schema, 50, 6);
    const rows: number[] = [];
    for (let hundred = 0; hundred < 5; hundred += 1) {
      await transaction(async (execute) => {
        for (let call = 0; call < 100; call += 1) await table.note(execute, "g", `new ${hundred} ${call}`);
      });
      rows.push(await countIn(database(), schema));
    }
    // With each hundred that are added two hundred go, as long as there are old ones; what is younger stays.
    expect(rows).toEqual([450, 350, 350, 450, 550]);
  });

  test("what is kept for a shorter time goes earlier", async () => {
    const { schema, table } = await openOnce(database(), week / 2);
    await aged(database(), schema, 10, 4);
    await aged(database(), schema, 10, 3);
    await database().transaction((execute) => table.note(execute, "g", "a"));
    expect(await countIn(database(), schema)).toBe(11);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("a time of %d is refused", (keepMs) => {
    expect(() => createOnceTable({ keepMs })).toThrow(expect.objectContaining({ code: "options_invalid" }));
  });

  test("names that are not there, or not plain, are refused", () => {
    expect(() => createOnceTable({ keep: 1 } as never)).toThrow(/there is no option keep; did you mean keepMs\?/);
    for (const make of [createOnceTable, onceTableSql])
      expect(() => make({ schema: "a;drop" })).toThrow(expect.objectContaining({ code: "options_invalid" }));
  });
}
