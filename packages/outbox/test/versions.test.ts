import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { createMemoryCluster } from "@keyline/runtime/memory";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createOutbox, createRelay, migrateOutbox, openPostgres, outboxSql, type RelayOptions } from "../src/index.js";
import { keyPlace } from "../src/write/order-key.js";
import { topicCounts, topics } from "./topics.js";
import { seenOn, until } from "./world.js";

// Tables of another version than the package's, and what two releases do to one table.

let postgres: PostgresServer;
let pool: pg.Pool;
const closing: { close(): Promise<unknown> }[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  pool = new pg.Pool({ connectionString: postgres.url, max: 12 });
}, 120_000);
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each.close();
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

const newest = 2;
let schemas = 0;

/** A schema with the tables as they are now, and what runs on them. */
async function open() {
  schemas += 1;
  const schema = `versions_${schemas}`;
  const database = openPostgres({ url: postgres.url });
  closing.push(database);
  await migrateOutbox(database, schema);
  const cluster = createMemoryCluster({ seed: schemas });
  for (const [name, partitions] of Object.entries(topicCounts)) cluster.createTopic(name, { partitions });
  const outbox = createOutbox(topics, { source: "shop", schema });
  const relay = (options: Partial<RelayOptions> = {}) => {
    const made = createRelay({
      ...{ topics, transport: cluster.transport(), database, schema, pollMs: 5, leaseMs: 1500, ...options },
    });
    closing.push({ close: () => made.close({ timeoutMs: 1000 }) });
    return made;
  };
  const inTransaction = async (run: (client: pg.PoolClient) => Promise<unknown>) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await run(client);
      await client.query("commit");
    } catch (caught) {
      await client.query("rollback");
      throw caught;
    } finally {
      client.release();
    }
  };
  return {
    ...{ schema, cluster, relay, inTransaction },
    write: (client: pg.PoolClient, n: number, order = "a") =>
      outbox.within((sql, params) => client.query(sql, params)).placed({ order, n }),
    drained: () => until(async () => (await pool.query(`select from ${schema}.outbox_events`)).rowCount === 0),
    /** Version 1 had no function: its writers took the lock and inserted by themselves. */
    toVersion1: () =>
      pool.query(`drop function ${schema}.outbox_write; delete from ${schema}.outbox_migrations where version > 1`),
    toVersion: (version: number) => pool.query(`insert into ${schema}.outbox_migrations values (${version})`),
    version: async () =>
      (await pool.query(`select max(version)::integer as at from ${schema}.outbox_migrations`)).rows[0]?.at,
  };
}

/** Writes as version 1 of this package did, on its tables. */
async function writeAsVersion1(schema: string, client: pg.PoolClient, n: number): Promise<void> {
  const { hash, slot } = keyPlace("orders", "a");
  await client.query("select pg_current_xact_id()::text, pg_advisory_xact_lock(($1::text)::bigint)::text", [hash]);
  const { rows } = await client.query(`select event from ${schema}.pattern`);
  await client.query(
    `insert into ${schema}.outbox_events (id, slot, key_hash, domain, key, event)
     select nextval('${schema}.outbox_numbers'), ($1::text)::smallint, ($2::text)::bigint, 'orders', 'a', $3::text`,
    [String(slot), hash, rows[0].event.replace('"n":0', `"n":${n}`)],
  );
}

test("relays of two releases share a table, and events that writers of both wrote keep the order of their commits", async () => {
  const { schema, cluster, relay, inTransaction, write, drained, toVersion1, version } = await open();
  await pool.query(`create table ${schema}.witness (place bigint primary key, n bigint)`);
  await inTransaction((client) => write(client, 0));
  await pool.query(`create table ${schema}.pattern as select event from ${schema}.outbox_events`);
  await pool.query(`delete from ${schema}.outbox_events`);
  const before = relay();
  await before.start();
  // It goes on, as those that were there before a release do.
  await toVersion1();
  let running = true;
  const many = async (writer: number, run: (client: pg.PoolClient, n: number) => Promise<unknown>) => {
    for (let n = writer; running || n < 80; n += 10) {
      await inTransaction(async (client) => {
        await run(client, n);
        await client.query(`insert into ${schema}.witness select count(*), $1 from ${schema}.witness`, [n]);
      });
    }
  };
  const asBefore = [1, 2].map((writer) => many(writer, (client, n) => writeAsVersion1(schema, client, n)));
  await until(() => seenOn(cluster).length > 10);
  const after = relay();
  await after.start();
  expect(await version()).toBe(newest);
  const asNow = [3, 4].map((writer) => many(writer, write));
  await until(() => before.standing().slots === 32 && after.standing().slots === 32);
  running = false;
  await Promise.all([...asBefore, ...asNow]);
  await drained();
  const { rows } = await pool.query(`select n::integer as n from ${schema}.witness order by place`);
  const numbers = seenOn(cluster).map(({ n }) => n);
  expect(numbers.filter((n, at) => numbers.indexOf(n) === at)).toEqual(rows.map(({ n }) => n));
  for (const writer of [1, 2, 3, 4]) expect(rows.some(({ n }) => n % 10 === writer)).toBe(true);
});

describe("tables that are newer than the package", () => {
  test("are refused by a relay that starts, and it says what to update; one that runs goes on", async () => {
    const { cluster, relay, inTransaction, write, toVersion } = await open();
    await relay().start();
    await toVersion(newest + 1);
    await expect(relay().start()).rejects.toMatchObject({
      ...{ code: "store_unavailable", retryable: false },
      message: expect.stringMatching(/is at version 3, this package knows 2: update @keyline\/outbox/),
    });
    await inTransaction((client) => write(client, 1));
    await until(() => seenOn(cluster).length === 1);
  });
});

describe("tables that are older than the package", () => {
  test("are refused where an event is written, by the name of the migration", async () => {
    const { inTransaction, write, toVersion1 } = await open();
    await toVersion1();
    await expect(inTransaction((client) => write(client, 1))).rejects.toMatchObject({
      code: "outbox_missing",
      message: expect.stringMatching(
        /outbox_write: .* or of an older version: call migrateOutbox, or .*keyline outbox sql/,
      ),
    });
  });

  test("that a relay may not change are told with the SQL to apply, which leads to where it goes on", async () => {
    const { schema, cluster, relay, inTransaction, write, toVersion1, version } = await open();
    await toVersion1();
    await pool.query(`create role relay_of_${schema} login password 'relay';
      grant usage on schema ${schema} to relay_of_${schema};
      grant select, insert, update, delete on all tables in schema ${schema} to relay_of_${schema}`);
    const url = new URL(postgres.url);
    url.username = `relay_of_${schema}`;
    url.password = "relay";
    const database = openPostgres({ url: String(url) });
    closing.push(database);
    const limited = relay({ database });
    await expect(limited.start()).rejects.toMatchObject({
      ...{ code: "store_unavailable", retryable: false },
      message: expect.stringContaining("has those of version 1, and this user has no right to change that"),
    });
    await expect(limited.start()).rejects.toThrow("keyline outbox sql --from 1");
    await expect(relay({ database, schema: "nowhere" }).start()).rejects.toThrow(
      "apply the output of `keyline outbox sql`",
    );
    await pool.query(outboxSql(schema, 1));
    expect(await version()).toBe(newest);
    await limited.start();
    await inTransaction((client) => write(client, 1));
    await until(() => seenOn(cluster).length === 1);
  });

  test("no SQL is printed from a version that there is not", () => {
    for (const from of [newest, -1, 0.5]) expect(() => outboxSql("keyline", from)).toThrow("options_invalid");
    expect(outboxSql("keyline", 1)).not.toContain("create table");
  });
});
