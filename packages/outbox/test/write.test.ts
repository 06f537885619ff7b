import type { PGlite, Transaction } from "@electric-sql/pglite";
import { openPglite } from "@keyline/postgres/database";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import { isKeylineError } from "@keyline/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOutbox, type Execute, migrateOutbox, outboxSql } from "../src/index.js";
import { keyPlace } from "../src/write/order-key.js";
import { topics } from "./topics.js";

let database: PGlite;
beforeAll(async () => {
  database = await emptyDatabase();
  await migrateOutbox(openPglite({ database }));
}, 60_000);
afterAll(() => database.close());
beforeEach(() => database.query("delete from keyline.outbox_events"));

const outbox = createOutbox(topics, { source: "shop" });
const on =
  (connection: PGlite | Transaction): Execute =>
  (sql, params) =>
    connection.query(sql, params);
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (caught) => (isKeylineError(caught) ? caught.code : String(caught)),
  );

interface Row {
  readonly id: number;
  readonly key: string | null;
  readonly slot: number;
  readonly event: string;
}

async function rows() {
  const found = await database.query<Row>("select id, key, slot, event from keyline.outbox_events order by id");
  return found.rows.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) }));
}

test("an event is a row if the transaction commits, and none if it rolls back", async () => {
  const written = await database.transaction((transaction) =>
    outbox.within(on(transaction)).placed({ order: "a", n: 1 }),
  );
  await database.transaction(async (transaction) => {
    await outbox.within(on(transaction)).placed({ order: "a", n: 2 });
    await transaction.rollback();
  });
  const [row, ...others] = await rows();
  expect(others).toEqual([]);
  expect(row?.event).toMatchObject({ topic: "placed", key: "a", payload: { order: "a", n: 1 }, sequence: null });
  expect(row?.event).toMatchObject({ version: 2, written: { source: "shop", clusterId: null, after: [] } });
  expect(written).toEqual({ eventId: row?.event.payload.id, key: "a", number: Number(row?.id) });
  expect(row?.slot).toBe(keyPlace("orders", "a").slot);
});

test("a savepoint that is rolled back takes its events along, and the others stay", async () => {
  await database.transaction(async (transaction) => {
    const { paid } = outbox.within(on(transaction));
    await paid.byCard({ order: "a", n: 1 });
    await transaction.exec("savepoint before");
    await paid.byCheque({ order: "b", n: 2 });
    await transaction.exec("rollback to savepoint before");
    await paid.byCard({ order: "a", n: 3 });
  });
  expect((await rows()).map(({ event }) => event.payload.n)).toEqual([1, 3]);
});

test("a database in the place of a transaction is refused, and writes nothing", async () => {
  const writer = outbox.within(on(database));
  expect(await codeOf(writer.placed({ order: "a", n: 1 }))).toBe("not_in_transaction");
  expect(await codeOf(writer.logged({ n: 1 }, { parameters: { region: "eu" } }))).toBe("not_in_transaction");
  expect(await rows()).toEqual([]);
});

test("an event is one statement, and two where it is the first that its transaction writes", async () => {
  const statements = await database.transaction(async (transaction) => {
    let count = 0;
    const { placed } = outbox.within((sql, params) => {
      count += 1;
      return transaction.query(sql, params);
    });
    await placed({ order: "a", n: 1 });
    const ofFirst = count;
    await placed({ order: "b", n: 2 });
    return [ofFirst, count - ofFirst];
  });
  expect(statements).toEqual([2, 1]);
});

test("calls without awaiting are numbered in their order", async () => {
  await database.transaction(async (transaction) => {
    const { placed } = outbox.within(on(transaction));
    await Promise.all(Array.from({ length: 20 }, (_, n) => placed({ order: `k${n % 3}`, n })));
  });
  expect((await rows()).map(({ event }) => event.payload.n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

test("more keys than 1,000 in one transaction are refused, while those that it has may go on", async () => {
  await database.transaction(async (transaction) => {
    const { placed } = outbox.within(on(transaction));
    for (let n = 0; n < 999; n += 1) await placed({ order: `k${n}`, n });
    for (const key of ["x", "y"]) {
      await transaction.exec("savepoint before");
      await placed({ order: key, n: 0 });
      await transaction.exec("rollback to savepoint before");
    }
    await placed({ order: "z", n: 0 });
    // The transaction counts, not the writer.
    expect(await codeOf(outbox.within(on(transaction)).placed({ order: "zz", n: 0 }))).toBe("outbox_too_many_keys");
    await placed({ order: "k7", n: 1001 });
  });
  expect((await rows()).length).toBe(1001);
});

describe("an event that is not as its contract says", () => {
  test.each([
    ["payload_invalid", { order: "a", n: "one" }],
    ["payload_undeclared", { order: "a", n: 1, extra: true }],
    ["key_invalid", { order: "", n: 1 }],
    ["record_too_large", { order: "a", n: 1, note: "x".repeat(1_000_000) }],
  ])("is refused with %s, and the transaction can go on", async (code, event) => {
    await database.transaction(async (transaction) => {
      const { placed } = outbox.within(on(transaction));
      expect(await codeOf(placed(event as never))).toBe(code);
      await placed({ order: "a", n: 1 });
    });
    expect((await rows()).length).toBe(1);
  });

  test("nor are options that there are not", async () => {
    const { placed } = outbox.within(on(database));
    expect(await codeOf(placed({ order: "a", n: 1 }, { key: "b" } as never))).toBe("options_invalid");
    expect(await codeOf(placed({ order: "a", n: 1 }, { signal: AbortSignal.abort() } as never))).toBe(
      "options_invalid",
    );
    expect(await codeOf(placed({ order: "a", n: 1 }, { headers: { "keyline-seq": "x#1" } }))).toBe("options_invalid");
    expect(() => createOutbox(topics, { source: "" })).toThrow("options_invalid");
    expect(() => createOutbox(topics, { source: "a", schema: "No" })).toThrow("options_invalid");
    expect(() => createOutbox(topics, { source: "a", sourc: 1 } as never)).toThrow("did you mean source");
  });
});

test("headers, causes and parameters of an address go along", async () => {
  const after = { topic: "orders.paid", partition: 1, offset: 7 };
  await database.transaction(async (transaction) => {
    const writer = outbox.within(on(transaction));
    await writer.placed({ order: "a", n: 1 }, { after, headers: { tenant: "t1" } });
    await writer.logged({ n: 2 }, { parameters: { region: "eu" } });
  });
  const [placed, logged] = await rows();
  expect(placed?.event.written).toMatchObject({ after: [after], headers: { tenant: "t1" } });
  expect(logged?.event).toMatchObject({ key: null, written: { parameters: { region: "eu" } } });
});

test("no table yet is an error that names the migration, and what the database says stays its cause", async () => {
  const other = createOutbox(topics, { source: "shop", schema: "elsewhere" });
  const error = await database
    .transaction((transaction) => other.within(on(transaction)).placed({ order: "a", n: 1 }))
    .catch((caught) => caught);
  expect(error).toMatchObject({ code: "outbox_missing", cause: { code: "3F000" } });
  expect(error.message).toContain("migrateOutbox");
});

test("what the database throws reaches the caller as it is", async () => {
  const deadlock = Object.assign(new Error("deadlock detected"), { code: "40P01" });
  const writer = outbox.within(() => Promise.reject(deadlock));
  await expect(writer.placed({ order: "a", n: 1 })).rejects.toBe(deadlock);
});

test("an execute that does not resolve to rows is told", async () => {
  const writer = outbox.within(async () => ({ affected: 1 }));
  expect(await codeOf(writer.placed({ order: "a", n: 1 }))).toBe("options_invalid");
});

test("the printed SQL makes the same tables, and the migration finds nothing left to do", async () => {
  await database.exec(outboxSql("printed"));
  await migrateOutbox(openPglite({ database }), "printed");
  const columns = (schema: string) =>
    database.query(
      `select table_name, column_name, data_type from information_schema.columns
       where table_schema = $1 and table_name like 'outbox%' order by 1, 2`,
      [schema],
    );
  expect((await columns("printed")).rows).toEqual((await columns("keyline")).rows);
  await expect(database.exec(outboxSql("printed"))).rejects.toThrow("already exists");
});

test("a table that is recreated numbers on above the one before", async () => {
  const write = () =>
    database.transaction((transaction) =>
      createOutbox(topics, { source: "shop", schema: "again" }).within(on(transaction)).placed({ order: "a", n: 1 }),
    );
  await migrateOutbox(openPglite({ database }), "again");
  const before = await write();
  await database.exec("drop schema again cascade");
  await migrateOutbox(openPglite({ database }), "again");
  expect((await write()).number).toBeGreaterThan(before.number);
});

test("the place of a key is fixed for ever", () => {
  expect(keyPlace("orders", "a")).toEqual({ hash: "-8885922183617377688", slot: 40 });
});
