import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOutbox, openPostgres } from "@keyline/outbox";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { createMemoryCluster, type MemoryCluster } from "@keyline/runtime/memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Io, main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import { playGuide } from "./guides/play.js";
import { shopCluster, shopTopics, shopYaml } from "./shop.js";

let folder: string;
let server: PostgresServer;
let database: ReturnType<typeof openPostgres>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-outbox-"));
  await writeFile(join(folder, "asyncapi.yaml"), shopYaml);
  server = await startPostgres();
  database = openPostgres({ url: server.url });
}, 120_000);
afterAll(async () => {
  await database.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

async function keyline(args: readonly string[], more: Partial<Io> = {}) {
  const io = createTestIo(folder, { environment: { DATABASE_URL: server.url }, ...more });
  const code = await main(args, io);
  return { code, ...io.written };
}

const status = (schema: string, ...more: readonly string[]) =>
  keyline(["outbox", "status", "--schema", schema, ...more]);

/** A schema with the tables that `outbox sql` prints. */
async function withTables(schema: string) {
  const { code, out } = await keyline(["outbox", "sql", "--schema", schema]);
  expect(code).toBe(0);
  await database.query(out);
  const outbox = createOutbox(shopTopics, { source: "shop", schema });
  /** Places an order, which the transaction that `then` may end. */
  const place = (order: number, n: number) =>
    database.transaction(async (tx) => {
      const writer = outbox.within((sql, params) => tx.query(sql, params)) as unknown as {
        placed(event: object): Promise<unknown>;
      };
      await writer.placed({ order_id: order, n });
    });
  return { place };
}

/** Runs `keyline relay` until the test says so. */
function relay(schema: string, cluster: MemoryCluster, ...args: readonly string[]) {
  const stopping = new AbortController();
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  const io = createTestIo(folder, { connect, environment: { DATABASE_URL: server.url }, signal: stopping.signal });
  const ended = main(["relay", "--schema", schema, ...args], io);
  const url = () => /health and metrics at (\S+)/.exec(io.written.log)?.[1];
  return {
    written: io.written,
    async page(path: string) {
      await expect.poll(url, eventually).toBeDefined();
      const response = await fetch(`${url()}${path}`);
      return { status: response.status, text: await response.text() };
    },
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

const eventually = { timeout: 60_000 };
const published = (cluster: MemoryCluster) =>
  Array.from({ length: 6 }, (_, partition) => cluster.records("order.placed", partition).length).reduce(
    (a, b) => a + b,
  );

test("without a database it is usage: 2; without the tables it says how to get them: 1", async () => {
  for (const args of [["outbox", "status"], ["relay"]]) {
    const { code, log } = await keyline(args, { environment: {} });
    expect({ code, log }).toEqual({ code: 2, log: expect.stringContaining("DATABASE_URL") });
  }
  const { code, log } = await status("nowhere");
  expect({ code, log }).toEqual({ code: 1, log: expect.stringContaining("keyline outbox sql") });
  expect((await status("No Schema")).code).toBe(2);
});

test("of tables of an older version the SQL is what comes after it: 0; of no version: 1", async () => {
  const { code, out } = await keyline(["outbox", "sql", "--schema", "shop", "--from", "1"]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("create function shop.outbox_write(") });
  expect(out).not.toContain("create table");
  expect(await keyline(["outbox", "sql", "--from", "9"])).toMatchObject({
    ...{ code: 1, out: "" },
    log: expect.stringContaining("there is no SQL from version 9"),
  });
});

test("what waits and no relay publishes is a problem: 3; a relay publishes it, and everything is clean: 0", async () => {
  const schema = "waiting";
  const { place } = await withTables(schema);
  expect(await status(schema)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^0 events to publish\n0 relays alive/),
  });
  for (const n of [1, 2]) await place(7, n);
  await expect(database.transaction(async () => Promise.reject(new Error("rolled back")))).rejects.toThrow();
  const waiting = await status(schema);
  expect(waiting).toMatchObject({ code: 3, log: "" });
  expect(waiting.out).toMatch(
    /^2 events to publish, the oldest for .+\n0 relays alive; 64 of 64 slots have no relay\n$/,
  );

  const cluster = shopCluster();
  const running = relay(schema, cluster);
  await expect.poll(() => published(cluster), eventually).toBe(2);
  expect(await running.page("/readyz")).toMatchObject({ status: 200 });
  await expect.poll(async () => (await running.page("/metrics")).text, eventually).toMatch(/^keyline_outbox_rows 0$/m);
  expect((await running.page("/metrics")).text).toMatch(/^keyline_acknowledged_total\{topic="order.placed"\} 2$/m);
  expect(JSON.parse((await status(schema, "--json")).out)).toMatchObject({
    ...{ version: 1, command: "outbox status", waiting: 0, oldestMs: null, parkedKeys: 0, parked: [] },
    ...{ relays: 1, freeSlots: 0 },
  });
  expect(await running.stop()).toBe(0);
  expect(running.written.log).toMatch(/^\S+Z info the relay publishes 64 of 64 slots$/m);
  expect(await status(schema)).toMatchObject({
    code: 0,
    out: expect.stringContaining("0 relays alive; 64 of 64 slots"),
  });
});

test("a key that cannot be published is shown with its reason: 3; nothing of it can steer a terminal", async () => {
  const schema = "parked";
  const { place } = await withTables(schema);
  await place(7, 1);
  const running = relay(schema, createMemoryCluster());
  const parked = async () => (await status(schema)).out;
  await expect.poll(parked, eventually).toMatch(/^1 event to publish, .*; 1 key parked$/m);
  const { code, out } = await status(schema);
  expect(code).toBe(3);
  expect(out).toMatch(/^orders key 7 {2}parked for .+\n {4}row \d+ {2}topic_unknown: .*order\.placed/m);
  expect(await running.page("/metrics")).toMatchObject({
    text: expect.stringMatching(/^keyline_outbox_parked_keys 1$/m),
  });
  expect(running.written.log).toMatch(
    /^\S+Z error parked: row \d+ of the outbox, for order\.placed; its key waits: \[topic_unknown\]/m,
  );
  expect(await running.stop()).toBe(0);
  await database.query(`update ${schema}.outbox_events set refused_text = $1`, ["\u001b[2J\nforged"]);
  expect((await status(schema)).out).toContain("topic_unknown: \\u001b[2J\\u000aforged\n");
});

test("the page of the command shows what it prints", async () => {
  const schema = "page";
  const { place } = await withTables(schema);
  for (const n of [1, 2, 3]) await place(1001, n);
  const running = relay(schema, createMemoryCluster());
  await expect.poll(async () => (await status(schema)).out, eventually).toMatch(/1 key parked\n1 relay alive\n/);
  await playGuide(join(import.meta.dirname, "../../../docs/commands/outbox.md"), {
    async run(command) {
      expect(command).toBe("keyline outbox status");
      return (await status(schema)).out;
    },
  });
  expect(await running.stop()).toBe(0);
});
