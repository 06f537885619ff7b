import { isKeylineError, type LaneChanges, type OwnedLane, type Store } from "@keyline/runtime";
import { createMemoryStore } from "@keyline/runtime/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pgliteStore, postgresStore } from "../src/index.js";
import { type RealPostgres, startPostgres } from "./real-postgres.js";

let postgres: RealPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

const nothing: LaneChanges = {
  positions: [],
  states: [],
  outboxAdded: [],
  outboxRemoved: [],
  parkedAdded: [],
  parkedRemoved: [],
};
let apps = 0;
const newLane = () => ({ app: `app-${(apps += 1)}`, domain: "students", lane: 3 });
const state = (key: string, version: number, value: unknown, dueAtMs: number | null = null) => ({
  key,
  version,
  state: value,
  meta: { seen: version },
  lane: 3,
  dueAtMs,
});
const position = (from: number | null, next: number) => ({
  topic: "code.executed",
  partition: 3,
  from,
  next,
  last: { offset: next - 1, fingerprint: "abc" },
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (caught) => (isKeylineError(caught) ? caught.code : String(caught)),
  );

describe.each([
  ["memory", async (): Promise<Store> => createMemoryStore()],
  ["PGlite", async (): Promise<Store> => pgliteStore()],
  ["PostgreSQL", async (): Promise<Store> => postgresStore({ url: postgres.url })],
])("a store in %s", (_name, create) => {
  let store: Store;
  beforeAll(async () => {
    store = await create();
  }, 30_000);
  afterAll(() => store.close());
  const take = async (lane = newLane()): Promise<OwnedLane> => ({ ...lane, epoch: (await store.takeLane(lane)).epoch });

  test("brings back all that one transaction wrote", async () => {
    const lane = await take();
    const out = { seq: 1, key: "42", record: { kind: "event", n: 1 } };
    const parked = { seq: 7, key: "42", topic: "code.executed", partition: 3, offset: 12, record: { why: "boom" } };
    await store.write(lane, {
      ...nothing,
      positions: [position(null, 13)],
      states: [state("42", 0, { runs: 2 }, 1_700_000_000_000.5), state("7", 0, null)],
      outboxAdded: [out],
      parkedAdded: [parked],
    });
    expect(await store.takeLane(lane)).toEqual({
      epoch: lane.epoch + 1,
      positions: [{ topic: "code.executed", partition: 3, next: 13, last: { offset: 12, fingerprint: "abc" } }],
      timers: [{ key: "42", dueAtMs: 1_700_000_000_000.5 }],
      outbox: [out],
      parked: [parked],
    });
    expect(await store.readStates(lane, ["42", "7", "none"])).toEqual(
      new Map([
        ["42", { key: "42", version: 1, state: { runs: 2 }, meta: { seen: 0 } }],
        ["7", { key: "7", version: 1, state: null, meta: { seen: 0 } }],
      ]),
    );
  });

  test("a former owner writes nothing once another took the lane", async () => {
    const zombie = await take();
    const owner = { ...zombie, epoch: (await store.takeLane(zombie)).epoch };
    expect(await store.holds(zombie)).toBe(false);
    expect(await store.holds(owner)).toBe(true);
    expect(await codeOf(store.write(zombie, { ...nothing, states: [state("42", 0, {})] }))).toBe("lane_fenced");
    expect((await store.readStates(zombie, ["42"])).size).toBe(0);
  });

  test("a position that is not where its owner left it rolls everything back", async () => {
    const lane = await take();
    await store.write(lane, { ...nothing, positions: [position(null, 5)] });
    const late = { ...nothing, positions: [position(null, 9)], states: [state("42", 0, {})] };
    expect(await codeOf(store.write(lane, late))).toBe("lane_fenced");
    expect((await store.readStates(lane, ["42"])).size).toBe(0);
    expect((await store.takeLane(lane)).positions.map(({ next }) => next)).toEqual([5]);
  });

  test("a row that another wrote rolls everything back", async () => {
    const lane = await take();
    await store.write(lane, { ...nothing, states: [state("42", 0, { n: 1 })] });
    for (const version of [0, 2]) {
      const changes = {
        ...nothing,
        positions: [position(null, 5)],
        states: [state("7", 0, {}), state("42", version, { n: 2 })],
        outboxAdded: [{ seq: 1, key: "42", record: {} }],
      };
      expect(await codeOf(store.write(lane, changes))).toBe("state_conflict");
    }
    expect(await codeOf(store.write(lane, { ...nothing, states: [state("gone", 3, {})] }))).toBe("state_conflict");
    const { positions, outbox } = await store.takeLane(lane);
    expect({ positions, outbox }).toEqual({ positions: [], outbox: [] });
    expect([...(await store.readStates(lane, ["7", "42", "gone"])).keys()]).toEqual(["42"]);
  });

  test("two owners that race for a lane leave every number of a counter once", async () => {
    const lane = newLane();
    const written: number[] = [];
    const run = async () => {
      for (let round = 0; round < 15; round += 1) {
        const { epoch, positions } = await store.takeLane(lane);
        const from = positions[0]?.next ?? null;
        const row = (await store.readStates(lane, ["n"])).get("n");
        const n = (row?.state as number | undefined) ?? 0;
        const changes = {
          ...nothing,
          positions: [position(from, (from ?? 0) + 1)],
          states: [state("n", row?.version ?? 0, n + 1)],
        };
        if ((await codeOf(store.write({ ...lane, epoch }, changes))) === "no error") written.push(n + 1);
      }
    };
    await Promise.all([run(), run(), run()]);
    expect(written.length).toBeGreaterThan(0);
    expect([...written].sort((a, b) => a - b)).toEqual(written.map((_, index) => index + 1));
    expect((await store.takeLane(lane)).positions[0]?.next).toBe(written.length);
  });

  test("any JSON and any key come back as they were", async () => {
    const lane = await take();
    const values = [
      "\u0000",
      "\ud800",
      'it\'s "quoted" \\ $1',
      2 ** 53 - 1,
      1e300,
      [[[]]],
      JSON.parse('{"__proto__":{"a":1}}'),
    ];
    const keys = ["a'b", "\u0000k", "\u0001x", "k\u2028", "😀", "null"];
    await store.write(lane, { ...nothing, states: keys.map((key) => state(key, 0, values, 5)) });
    const found = await store.readStates(lane, keys);
    expect(keys.map((key) => JSON.stringify(found.get(key)?.state))).toEqual(keys.map(() => JSON.stringify(values)));
    expect((await store.takeLane(lane)).timers.map(({ key }) => key).sort()).toEqual([...keys].sort());
  });
});

test("any number of processes bring a fresh schema up to date at once", async () => {
  const stores = [1, 2, 3, 4].map(() => postgresStore({ url: postgres.url, schema: "fresh" }));
  await Promise.all(stores.map((store) => store.migrate()));
  const rows = await stores[0]?.sql<{ version: number }>("select version from fresh.migrations");
  expect(rows).toEqual([{ version: 1 }]);
  await Promise.all(stores.map((store) => store.close()));
});

test("a connection that dies within a transaction leaves nothing behind, and the store goes on", async () => {
  const pool = new pg.Pool({ connectionString: postgres.url });
  pool.on("error", () => undefined);
  const store = postgresStore({ pool });
  const lane = { ...newLane(), epoch: 1 };
  await store.takeLane(lane);
  const blocker = await pool.connect();
  await blocker.query("begin");
  await blocker.query("select 1 from keyline.lanes where app = $1 for update", [lane.app]);
  const writing = codeOf(store.write(lane, { ...nothing, states: [state("42", 0, {})] }));
  for (let killed = 0; killed === 0; ) {
    const { rows } = await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and query like '%for update%' and pid <> pg_backend_pid()",
    );
    killed = rows.length;
  }
  await blocker.query("rollback");
  blocker.release();
  expect(await writing).toBe("store_unavailable");
  expect((await store.readStates(lane, ["42"])).size).toBe(0);
  await store.write(lane, { ...nothing, states: [state("42", 0, {})] });
  expect((await store.readStates(lane, ["42"])).size).toBe(1);
  await pool.end();
});

test("a server that is away is a retryable error without the password", async () => {
  const store = postgresStore({ url: "postgres://keyline:secret@127.0.0.1:1/none" });
  const caught = await store.holds({ ...newLane(), epoch: 1 }).catch((error: unknown) => error);
  expect(caught).toMatchObject({ code: "store_unavailable", retryable: true });
  expect(String(caught)).not.toContain("secret");
  await store.close();
});
