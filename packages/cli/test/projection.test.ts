import { join } from "node:path";
import { createPostgresStore, type SqlStore } from "@keyline/postgres";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { createProjector, defineProjection, type ProjectorOptions } from "@keyline/runtime";
import type { MemoryCluster } from "@keyline/runtime/memory";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Io, main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import { playGuide } from "./guides/play.js";
import { laneMate, laneOf, shopCluster, shopPartitions, shopProducer, shopTopics } from "./shop.js";

let server: PostgresServer;
let store: SqlStore;
beforeAll(async () => {
  server = await startPostgres();
  store = createPostgresStore({ url: server.url });
  await store.migrate();
}, 120_000);
afterAll(async () => {
  await store.close();
  await server.stop();
});

let cluster: MemoryCluster;
beforeEach(async () => {
  cluster = shopCluster();
  for (const table of ["lanes", "positions", "states", "outbox", "parked", "firings", "commands"])
    await store.sql(`delete from keyline.${table}`);
});

async function keyline(args: readonly string[], more: Partial<Io> = {}) {
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  const io = createTestIo(process.cwd(), { connect, environment: { DATABASE_URL: server.url }, ...more });
  const code = await main(["projection", ...args], io);
  return { code, ...io.written };
}

const json = async (...args: string[]) => JSON.parse((await keyline([...args, "--json"])).out);

interface Totals {
  readonly total: number;
}

/** Counts the placed events of an order, and says the count on `paid`, one for each. */
const totals = (name: string, fails: (n: number) => boolean = () => false) =>
  defineProjection<Totals, typeof shopTopics>(shopTopics, {
    name,
    initial: () => ({ total: 0 }),
    on: {
      placed: (
        { total }: Totals,
        event: { n: number; order_id: number },
        ctx: { emit: { paid(event: object): void } },
      ) => {
        if (fails(event.n)) throw new Error("no such price");
        ctx.emit.paid({ order_id: event.order_id, n: total + 1 });
        return { total: total + 1 };
      },
    } as never,
  });

/** What a projection of the totals' outputs has applied of each order. */
const readers = () =>
  defineProjection<readonly number[], typeof shopTopics>(shopTopics, {
    name: "reader",
    initial: () => [],
    on: { paid: (seen: readonly number[], { n }: { n: number }) => [...seen, n] } as never,
  });

/** A copy of a projection that runs until it is closed. */
async function run(projection: ProjectorOptions["projection"], more: Partial<ProjectorOptions> = {}) {
  const projector = createProjector({
    ...{ projection, transport: cluster.transport(), store, retry: { attempts: 1 }, ...more },
  });
  const ended = projector.run();
  await projector.caughtUp();
  return { projector, stop: () => projector.close().then(() => ended) };
}

async function runToEnd(projection: ProjectorOptions["projection"], more: Partial<ProjectorOptions> = {}) {
  await (await run(projection, more)).stop();
}

async function place(order: number, count: number) {
  const producer = shopProducer(cluster.transport());
  for (let n = 0; n < count; n += 1) await producer.send("placed", order, { n });
  await producer.close();
}

async function stateOf(app: string, order: number): Promise<unknown> {
  return (await store.readStates({ app, domain: "orders" }, [String(order)])).get(String(order))?.state ?? null;
}

const paidOf = (order: number) => cluster.records("order.paid", laneOf(order)).length;

test("status shows each lane with its owner, lag, keys and what waits", async () => {
  const order = 7;
  const mate = laneMate(order);
  await place(order, 3);
  await place(mate, 2);
  const hold = { onFailure: "hold" } as const;
  const copy = await run(
    totals("totals", (n) => n === 2),
    hold,
  );
  const running = await keyline(["status", "totals"]);
  expect(running.code).toBe(0);
  expect(running.out).toContain("totals  domain orders, group totals: Stable, 1 member\n");
  expect(running.out).toMatch(/^ +lane +owner +epoch +lag +keys +parked +timers due +to publish$/m);
  expect(running.out).toMatch(new RegExp(`^ +${laneOf(order)} +\\S+ +1 +0 +2 +1 of 1 key +0 of 0 +0$`, "m"));
  await copy.stop();
  await place(mate, 4);
  const { projections, tables, version, command } = await json("status", "totals");
  expect({ version, command }).toEqual({ version: 1, command: "projection status" });
  const lane = projections[0].lanes.find((one: { lane: number }) => one.lane === laneOf(order));
  expect(projections[0]).toMatchObject({ app: "totals", domain: "orders", groupId: "totals", group: { members: 0 } });
  expect(lane).toMatchObject({ epoch: 1, owner: null, keys: 2, parked: { keys: 1, events: 1 }, outbox: 0 });
  expect(lane.logs).toContainEqual({
    ...{ topic: "order.placed", partition: laneOf(order), next: 5, start: 0, end: 9, lag: 4, isReplaced: false },
  });
  expect(tables.map(({ table }: { table: string }) => table)).toContain("states");
  const stopped = await keyline(["status"]);
  expect(stopped.out).toContain(`  order.placed/${laneOf(order)}: next 5, log 0 to 9, lag 4\n`);
});

test("status without a cluster shows what the store knows; without a database it is usage", async () => {
  await place(7, 1);
  await runToEnd(totals("totals"));
  const offline = await keyline(["status"], { connect: undefined as never });
  expect(offline).toMatchObject({ code: 0, out: expect.stringContaining("members unknown") });
  const io = createTestIo(process.cwd());
  expect(await main(["projection", "status"], io)).toBe(2);
  expect(io.written.log).toContain("DATABASE_URL");
});

test("a projection and a lane that are not there are usage, with the nearest name: 2", async () => {
  await place(7, 1);
  await runToEnd(totals("totals"));
  expect(await keyline(["status", "total"])).toMatchObject({
    code: 2,
    log: expect.stringContaining('no projection "total"\nDid you mean totals?'),
  });
  expect(await keyline(["reset", "totals", "--lane", "99", "--yes"])).toMatchObject({
    code: 2,
    log: expect.stringContaining('totals has no lane "99"'),
  });
});

test("a reset shows what it would do, and without a terminal or --yes writes nothing: 2", async () => {
  await place(7, 3);
  await runToEnd(totals("totals"));
  const { code, out, log } = await keyline(["reset", "totals"]);
  expect({ code, log }).toEqual({ code: 2, log: "error: not at a terminal: pass --yes to reset\n" });
  expect(out).toContain(
    `reset totals, all ${shopPartitions} lanes of orders: 1 key and 0 timers begin again from the logs`,
  );
  expect(out).toContain("nothing that it emits is published");
  expect(await keyline(["reset", "totals"], { confirm: async () => false })).toMatchObject({
    code: 1,
    log: "nothing was changed\n",
  });
  expect(await stateOf("totals", 7)).toEqual({ total: 3 });
  expect(await keyline(["reset", "totals"], { confirm: async () => true })).toMatchObject({ code: 0 });
  expect(await stateOf("totals", 7)).toBeNull();
});

test("a reset is refused while a copy runs, also one that was started while it asked", async () => {
  await place(7, 1);
  const copy = await run(totals("totals"));
  const refused = await keyline(["reset", "totals", "--yes"]);
  expect(refused).toMatchObject({ code: 1, log: expect.stringContaining("totals runs: group totals has 1 member") });
  await copy.stop();
  let late: Awaited<ReturnType<typeof run>> | undefined;
  const confirm = async () => {
    late = await run(totals("totals"));
    return true;
  };
  expect(await keyline(["reset", "totals"], { confirm })).toMatchObject({ code: 1 });
  await late?.stop();
  expect(await stateOf("totals", 7)).toEqual({ total: 1 });
  const other = await run(totals("totals"), { groupId: "other" });
  expect(await keyline(["reset", "totals", "--group", "other", "--yes"])).toMatchObject({ code: 1 });
  await other.stop();
});

test("a corrected reducer applies all again in silence, and its next output reaches a reader", async () => {
  await place(7, 3);
  await runToEnd(totals("totals"));
  await runToEnd(readers());
  const { code, out } = await keyline(["reset", "totals", "--by", "ada", "--yes"]);
  expect(code).toBe(0);
  expect(out).toContain(`reset totals lane ${laneOf(7)} by ada: 1 key, epoch 2\n`);
  const kept = await store.sql("select action, asked_by, progress, result from keyline.commands where lane = $1", [
    laneOf(7),
  ]);
  expect(kept).toEqual([{ action: "reset", asked_by: "ada", progress: 1, result: "reset: 1 key, epoch 2" }]);
  expect((await keyline(["status", "totals"])).out).toContain(
    `lane ${laneOf(7)}: applies its logs again, without publishing`,
  );
  await runToEnd(totals("totals"));
  expect(await stateOf("totals", 7)).toEqual({ total: 3 });
  expect(paidOf(7)).toBe(3);
  await place(7, 1);
  await runToEnd(totals("totals"));
  await runToEnd(readers());
  expect(await stateOf("reader", 7)).toEqual([1, 2, 3, 4]);
  expect((await keyline(["status", "totals"])).out).not.toContain("without publishing");
});

test("a reset says what the logs do not have any more, and numbers go on", async () => {
  await place(7, 3);
  await runToEnd(
    totals("totals", (n) => n === 1),
    { onFailure: "hold" },
  );
  await runToEnd(readers());
  const place7 = { topic: "order.placed", partition: laneOf(7) };
  cluster.faults.deleteRecords(place7, 2);
  const { out } = await keyline(["reset", "totals", "--yes"]);
  expect(out).toContain(`order.placed/${laneOf(7)} begins at offset 2: what came before is gone.`);
  expect(out).toContain(`Parked events from order.placed/${laneOf(7)}@1 on are in no log: they are lost.`);
  await runToEnd(totals("totals"));
  expect(await stateOf("totals", 7)).toEqual({ total: 1 });
  await place(7, 1);
  await runToEnd(totals("totals"));
  await runToEnd(readers());
  expect(await stateOf("reader", 7)).toEqual([1, 1, 2]);
});

test("--publish says what readers ignore and publishes all again; --lane leaves the others", async () => {
  const other = [1, 2, 3, 4, 5, 6].find((order) => laneOf(order) !== laneOf(7)) ?? 0;
  await place(7, 2);
  await place(other, 2);
  await runToEnd(totals("totals"));
  const lane = String(laneOf(7));
  const { out } = await keyline(["reset", "totals", "--lane", lane, "--publish", "--yes"]);
  expect(out).toContain(`reset totals, lane ${lane} of ${shopPartitions} of orders: 1 key`);
  expect(out).toContain("projections ignore ids that are among the last 64 of their key");
  await runToEnd(totals("totals"));
  expect([paidOf(7), paidOf(other)]).toEqual([4, 2]);
  expect(await stateOf("totals", other)).toEqual({ total: 2 });
});

test("a reset that dies in the middle has changed nothing; the next one does it all", async () => {
  await place(7, 2);
  await runToEnd(totals("totals"));
  await store.sql("alter table keyline.commands add constraint broken check (action <> 'reset')");
  try {
    expect(await keyline(["reset", "totals", "--yes"])).toMatchObject({
      code: 1,
      log: expect.stringContaining("broken"),
    });
  } finally {
    await store.sql("alter table keyline.commands drop constraint broken");
  }
  expect(await stateOf("totals", 7)).toEqual({ total: 2 });
  expect((await json("status", "totals")).projections[0].lanes[0].epoch).toBe(1);
  expect((await keyline(["reset", "totals", "--yes"])).code).toBe(0);
  await runToEnd(totals("totals"));
  expect(await stateOf("totals", 7)).toEqual({ total: 2 });
  expect(paidOf(7)).toBe(2);
});

test("a reset of a projection whose log was recreated publishes the new log's events, and says so", async () => {
  await place(7, 3);
  await runToEnd(totals("totals"));
  cluster.faults.recreateTopic("order.placed");
  await place(7, 1);
  const { out } = await keyline(["reset", "totals", "--yes"]);
  expect(out).toContain(`order.placed/${laneOf(7)} is not the log that was applied: its events are new`);
  await runToEnd(totals("totals"));
  expect(paidOf(7)).toBe(4);
});

test("the page on resetting shows what the commands print", async () => {
  for (const order of [1, 2, 3, 4, 5, 6, 7]) await place(order, 2);
  const billing = totals("billing", (n) => n === 1);
  await runToEnd(billing, { onFailure: "hold" });
  cluster.faults.deleteRecords({ topic: "order.placed", partition: laneOf(7) }, 1);
  await playGuide(join(import.meta.dirname, "../../../docs/operations/replaying.md"), {
    async run(command) {
      const [name, group, ...args] = command.split(" ");
      expect([name, group]).toEqual(["keyline", "projection"]);
      const { code, out } = await keyline(args);
      expect(code).toBe(0);
      return out;
    },
  });
});
