import type { Execute } from "@keyline/runtime/store";
import type { Pool, PoolClient } from "pg";
import { expect, test } from "vitest";
import { createOnceTable, onceTableSql } from "../../src/index.js";
import { noteQuery } from "../../src/once/sql.js";
import { aged, countIn, type OnceDatabase, onceTableSuite, openOnce } from "./once-table.js";

const on =
  (client: PoolClient | Pool): Execute =>
  (sql, params) =>
    client.query(sql, params);

async function transact<T>(pool: Pool, run: (client: PoolClient) => Promise<T>, begin = "begin"): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    const result = await run(client);
    await client.query("commit");
    return result;
  } catch (caught) {
    await client.query("rollback");
    throw caught;
  } finally {
    client.release();
  }
}

/** The table of `ctx.once`, and what takes several connections to see. */
export function onceOnPostgres(pool: () => Pool): void {
  const database = (): OnceDatabase => ({
    run: (sql) => pool().query(sql),
    transaction: (run) => transact(pool(), (client) => run(on(client))),
    autocommit: on(pool()),
  });
  onceTableSuite(database);

  test("a pool is refused also while another connection has a transaction open", async () => {
    const { schema, table } = await openOnce(database());
    await transact(pool(), async (client) => {
      await client.query("select pg_current_xact_id()");
      await expect(table.note(on(pool()), "g", "a")).rejects.toMatchObject({ code: "not_in_transaction" });
    });
    expect(await countIn(database(), schema)).toBe(0);
  });

  test("a savepoint is part of its transaction", async () => {
    const { schema, table } = await openOnce(database());
    await transact(pool(), async (client) => {
      await client.query("savepoint one");
      expect(await table.note(on(client), "g", "a")).toBe(true);
      await client.query("rollback to one");
      await client.query("savepoint two");
      expect(await table.note(on(client), "g", "a")).toBe(true);
      await client.query("release two");
    });
    expect(await countIn(database(), schema)).toBe(1);
  });

  test("of two transactions at once the second waits, and notes the event if the first one rolls back", async () => {
    for (const end of ["commit", "rollback"]) {
      const { table } = await openOnce(database());
      const first = await pool().connect();
      await first.query("begin");
      expect(await table.note(on(first), "g", "a")).toBe(true);
      let isSettled = false;
      const second = transact(pool(), async (client) => {
        const noted = await table.note(on(client), "g", "a");
        isSettled = true;
        return noted;
      });
      await untilWaiting();
      expect(isSettled).toBe(false);
      await first.query(end);
      first.release();
      expect(await second).toBe(end === "rollback");
    }
  });

  test.each(["repeatable read", "serializable"])("under %s the second is told to try again", async (level) => {
    const { table } = await openOnce(database());
    const begin = `begin isolation level ${level}`;
    const note = (client: PoolClient) => table.note(on(client), "g", "a");
    const caught = transact(
      pool(),
      async (client) => {
        await client.query("select 1 from pg_class limit 1");
        await transact(pool(), note, begin);
        return note(client);
      },
      begin,
    );
    await expect(caught).rejects.toMatchObject({ code: "40001" });
    expect(await transact(pool(), note, begin)).toBe(false);
  });

  test("a transaction does not wait for another one that removes the same rows", async () => {
    const { schema, table } = await openOnce(database());
    await aged(database(), schema, 300, 8);
    const other = createOnceTable({ schema });
    await transact(pool(), async (client) => {
      await table.note(on(client), "g", "a");
      await transact(pool(), (second) => other.note(on(second), "g", "b"));
    });
    expect(await countIn(database(), schema)).toBe(2);
  });

  test("what is to be removed is found without reading what stays", async () => {
    const { schema } = await openOnce(database());
    await aged(database(), schema, 50_000, 6);
    await pool().query(`analyze ${schema}.handled`);
    const buffers = (limit: number) =>
      transact(pool(), async (client) => {
        const { rows } = await client.query<{ readonly id: string }>("select pg_current_xact_id()::text as id");
        const params = [rows[0]?.id, "g", `event ${limit}`, String(7 * 24 * 60 * 60 * 1000), String(limit)];
        const explained = await client.query(`explain (analyze, buffers, format json) ${noteQuery(schema)}`, params);
        const [{ Plan: plan }] = explained.rows[0]["QUERY PLAN"];
        return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
      });
    await buffers(0);
    const removing = await buffers(200);
    // The whole table has some 400 pages.
    expect(removing).toBeLessThan(40);
  });

  test("the rights that are missing are told by the first call, not when something is to be removed", async () => {
    const { schema, table } = await openOnce(database());
    await pool().query(`create role ${schema}_user; grant usage on schema ${schema} to ${schema}_user;
      grant select, insert, update on ${schema}.handled to ${schema}_user`);
    const note = () =>
      transact(pool(), async (client) => {
        await client.query(`set local role ${schema}_user`);
        return table.note(on(client), "g", crypto.randomUUID());
      });
    for (let call = 0; call < 2; call += 1) await expect(note()).rejects.toMatchObject({ code: "42501" });
    await pool().query(`grant delete on ${schema}.handled to ${schema}_user`);
    expect(await note()).toBe(true);
  });

  test("many processes may run the migration at once", async () => {
    const sql = onceTableSql({ schema: "once_by_many" });
    await Promise.all(Array.from({ length: 8 }, () => pool().query(sql)));
    expect(await countIn(database(), "once_by_many")).toBe(0);
  });

  /** Until a connection waits for another one's transaction. */
  const untilWaiting = async () => {
    const query = "select 1 from pg_locks where not granted and locktype = 'transactionid'";
    while ((await pool().query(query)).rowCount === 0) await new Promise((resolve) => setImmediate(resolve));
  };
}
