import { setTimeout as sleep } from "node:timers/promises";
import type { PGlite } from "@electric-sql/pglite";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import type { Store as RuntimeStore } from "@keyline/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { clusterWith, type DumpedLog, dumpedLog, dumpedSql } from "../src/dump/dump.ts";
import { endMs, keys, letterTopic, schema, timerMs } from "../src/dump/scene.ts";
import { nowFromSources } from "../src/versions/sources.ts";
import type { Cluster, Runner, Store } from "../src/versions/version.ts";
import { logsOf, outputOf, outputTopic } from "../src/work/evidence.ts";
import { books, tally } from "../src/work/projections.ts";
import { sendEvent } from "../src/work/sending.ts";

const now = nowFromSources();
const name = (key: number) => String(key);

/** What each app had applied when the code of before was ended. */
const tallied = {
  [keys.plain]: ["e0", "e1", "e2", "t0"],
  [keys.timed]: ["e0", "e1", "e2", "t0", "e5"],
  [keys.parked]: ["e0", "e1", "e2"],
  [keys.skipped]: ["e0", "e1", "e2", "e4", "t0"],
  [keys.unpublished]: ["e0", "e1", "e2", "t0", "e3", "e4"],
};
const booked = { ...tallied, [keys.unpublished]: ["e0", "e1", "e2", "t0"] };

describe("a store that the code of before has written", () => {
  let database: PGlite;
  let store: Store;
  let nowMs: number;
  let running: Runner[];
  let ignored: string[];

  beforeAll(async () => {
    database = await emptyDatabase();
  });
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.exec(`drop schema if exists ${schema} cascade`);
    await database.exec(dumpedSql());
    store = await now.pgliteStore({ database, schema });
    nowMs = endMs;
    running = [];
    ignored = [];
  });
  afterEach(() => Promise.all(running.map((runner) => runner.close().catch(() => undefined))));

  const run = (cluster: Cluster, definition: object): Runner => {
    const runner = now.createRunner({
      ...{ definition: definition as never, transport: cluster.transport(), store, onFailure: "hold" },
      clock: () => nowMs,
      hooks: { ignored: ({ key, reason }) => void ignored.push(`${key} ${reason}`) },
    });
    running.push(runner);
    return runner;
  };

  /** Both apps by the code of now, on the logs as they were, once they have read them to their ends. */
  const goOn = async (log: DumpedLog = dumpedLog()) => {
    const cluster = clusterWith(now, log);
    for (const runner of [run(cluster, tally({ timerMs })), run(cluster, books())]) {
      await runner.start();
      await runner.caughtUp();
    }
    return cluster;
  };

  const rowsOf = (app: string) => logsOf(store, schema, app).then((logs) => Object.fromEntries(logs));
  const logOf = async (app: string, key: number) => (await rowsOf(app))[name(key)];
  const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
  const outputs = (cluster: Cluster, key: number) =>
    cluster
      .records(outputTopic)
      .map(outputOf)
      .filter((output) => output.key === name(key));

  test("is brought up to date, and says what it said", async () => {
    await store.migrate();
    expect(await rowsOf("tally")).toMatchObject(tallied);
    expect(await rowsOf("books")).toEqual(booked);
    const [firing] = await now.readFirings(store, "tally", name(keys.plain));
    expect(firing?.timers).toEqual([{ name: "t0", dueAtMs: Date.UTC(2026, 0, 5, 9, 10) }]);
  });

  test("is gone on with: what was applied is not applied again, outputs are published once and in order", async () => {
    const cluster = await goOn();
    await eventually(async () => {
      expect(outputs(cluster, keys.unpublished)).toEqual(
        ["e0", "e1", "e2", "t0", "e3", "e4"].map((text, index) => ({
          ...{ key: name(keys.unpublished), sequence: `tally#${index + 1}`, text },
        })),
      );
      expect(cluster.records(letterTopic)).toHaveLength(1);
      expect(await store.sql(`select 1 from ${schema}.outbox`)).toEqual([]);
      expect(await logOf("books", keys.unpublished)).toEqual(tallied[keys.unpublished]);
    });
    expect(await logOf("tally", keys.plain)).toEqual(tallied[keys.plain]);
    expect(cluster.records(letterTopic)[0]).toMatchObject({ key: null, value: "{}" });
  });

  test("holds parked keys and the command that releases one: its events are applied in order", async () => {
    const cluster = await goOn();
    // The timer was due while its key was parked.
    const log = ["e0", "e1", "e2", "e3", "e4", "t0"];
    await eventually(async () => {
      expect(await logOf("tally", keys.parked)).toEqual(log);
      expect(await logOf("books", keys.parked)).toEqual(log);
    });
    expect(outputs(cluster, keys.parked).map(({ sequence }) => sequence)).toEqual(log.map((_, n) => `tally#${n + 1}`));
    expect(await store.sql(`select result, asked_by as by from ${schema}.commands order by id`)).toEqual([
      { result: "skipped 1, replayed 1", by: "an operator" },
      { result: "replayed 2", by: "an operator" },
    ]);
    expect(await store.sql(`select 1 from ${schema}.parked`)).toEqual([]);
  });

  test("holds timers: one that is due fires once, and not before", async () => {
    await goOn();
    await sleep(300);
    expect(await logOf("tally", keys.timed)).toEqual(tallied[keys.timed]);
    nowMs += timerMs;
    const fired = [...tallied[keys.timed], "t5"];
    await eventually(async () => expect(await logOf("books", keys.timed)).toEqual(fired));
    nowMs += 10 * timerMs;
    await sleep(300);
    expect(await logOf("tally", keys.timed)).toEqual(fired);
    expect((await now.readFirings(store, "tally", name(keys.timed))).map(({ timers }) => timers[0]?.name)).toEqual([
      "t0",
      "t5",
    ]);
  });

  test("knows again what comes twice: by its number, and by its id", async () => {
    const cluster = await goOn();
    const [, second] = cluster.records(outputTopic).filter(({ key }) => key === name(keys.plain));
    if (!second) throw new Error("the dump has no output");
    cluster.produce(second);
    const sender = now.createSender({ transport: cluster.transport(), source: "test", clock: () => nowMs });
    await sendEvent(sender, keys.plain, 1);
    await sendEvent(sender, keys.plain, 6);
    const log = [...tallied[keys.plain], "e6"];
    await eventually(async () => expect(await logOf("books", keys.plain)).toEqual(log));
    expect(await logOf("tally", keys.plain)).toEqual(log);
    expect(outputs(cluster, keys.plain).at(-1)).toMatchObject({ sequence: "tally#5", text: "e6" });
    expect(ignored).toContain(`${keys.plain} applied_sequence`);
    expect(ignored).toContain(`${keys.plain} duplicate_id`);
    await sender.close();
  });

  test("can be reset: all is applied again, and only what was not published before is published, numbered on", async () => {
    await store.migrate();
    const lanes = Array.from({ length: 12 }, (_, lane) => lane);
    const how = { replaced: [], publish: false, by: "an operator", nowMs };
    await (store as unknown as RuntimeStore).resetLanes({ app: "tally", domain: "students", lanes, ...how });
    expect(await logOf("tally", keys.plain)).toBeUndefined();
    const cluster = await goOn();
    const whole = ["e0", "e1", "e2", "e3", "e4", "t0"];
    const numbers = (key: number) => outputs(cluster, key).map(({ sequence }) => sequence);
    await eventually(async () => {
      expect(await logOf("tally", keys.plain)).toEqual(tallied[keys.plain]);
      expect(await logOf("books", keys.parked)).toEqual(whole);
      expect(await logOf("books", keys.unpublished)).toEqual(tallied[keys.unpublished]);
    });
    for (const key of [keys.parked, keys.unpublished])
      expect(numbers(key)).toEqual(whole.map((_, n) => `tally#${n + 1}`));
    for (const key of [keys.plain, keys.timed])
      expect(numbers(key)).toEqual(tallied[key]?.map((_, n) => `tally#${n + 1}`));
    expect(await store.sql(`select result from ${schema}.commands where action <> 'reset' order by id`)).toEqual([
      { result: "skipped 1, replayed 1" },
      { result: "the lane was reset" },
    ]);
  });

  test("knows its logs again: another record where it applied one stops the app", async () => {
    const log = dumpedLog();
    const last = log.records.findLast(({ topic }) => topic === "code.submitted");
    const records = log.records.map((record) => (record === last ? { ...record, value: `${record.value} ` } : record));
    await expect(run(clusterWith(now, { ...log, records }), tally({ timerMs })).run()).rejects.toThrow("log_replaced");
  });
});
