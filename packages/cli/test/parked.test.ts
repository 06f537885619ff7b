import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPostgresStore, createStoreReader, type SqlStore } from "@keyline/postgres";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { main } from "../src/index.js";
import { createTestIo } from "../src/test-io.js";
import { openParked } from "../src/trace/parked.js";
import { deadLetterHeaders, foreignRecord, shopCluster, shopTopics, shopYaml } from "./shop.js";

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

async function keyline(...args: string[]) {
  const io = createTestIo(process.cwd(), { environment: { DATABASE_URL: server.url } });
  const code = await main(["parked", ...args], io);
  return { code, ...io.written };
}

const parkedEvent = (failure: object | null) => ({ key: "NDI=", value: null, headers: [], timestampMs: 0, failure });
const failure = { code: "handler_failed", message: "no such module", attempts: 5, firstAtMs: 0, lastAtMs: 1000 };
const lane = { app: "progress", domain: "students", lane: 3 };
const nothing = {
  ...{ positions: [], states: [], outboxAdded: [], outboxRemoved: [], parkedRemoved: [], firings: [], commands: [] },
};

/** Parks two events of a key, as an app does. Returns the lane as its owner has it. */
async function park(app: string, key: string) {
  const owned = { ...lane, app, epoch: (await store.takeLane({ ...lane, app })).epoch };
  const row = (seq: number, why: object | null) => ({
    ...{ seq, key, topic: "code.executed", partition: 3, offset: 10 + seq, record: parkedEvent(why) },
  });
  await store.write(owned, { ...nothing, parkedAdded: [row(1, failure), row(2, null)] });
  return owned;
}

test("with nothing parked the list says so: 0; without a database: 2", async () => {
  expect(await keyline("list")).toEqual({ code: 0, out: "nothing is parked\n", log: "" });
  const io = createTestIo(process.cwd());
  expect(await main(["parked", "list"], io)).toBe(2);
  expect(io.written.log).toContain("DATABASE_URL");
});

test("no key and no message can steer the terminal or write a line of its own", async () => {
  const hostile = "\u001b[2J\nforged  key 1\r\u009b1m\u2028\u202e";
  const owned = { ...lane, app: "hostile", epoch: (await store.takeLane({ ...lane, app: "hostile" })).epoch };
  const record = parkedEvent({ ...failure, message: hostile });
  const row = { seq: 1, key: hostile, topic: "code.executed", partition: 3, offset: 11, record };
  await store.write(owned, { ...nothing, parkedAdded: [row] });
  const text = await keyline("list", "--app", "hostile");
  expect(text.out.split("\n").slice(0, -1)).toEqual([
    expect.stringContaining("hostile  key \\u001b[2J\\u000aforged"),
    expect.stringContaining("handler_failed: \\u001b[2J"),
    expect.stringMatching(/^Release a key/),
  ]);
  const json = await keyline("list", "--app", "hostile", "--json");
  expect(JSON.parse(json.out).keys[0]).toMatchObject({ key: hostile, message: hostile });
  const skipped = await keyline("skip", hostile, "--app", "hostile", "--by", hostile, "--wait", "0");
  const unknown = await keyline("list", "--app", hostile);
  for (const output of [text.out, json.out, skipped.out, unknown.log])
    expect(output.replaceAll("\n", "")).toMatch(/^[^\p{Cc}\u2028\u202e]+$/u);
  await store.sql("delete from keyline.parked where app = 'hostile'");
});

test("lists keys with what failed, by 3, as text and as JSON", async () => {
  await park("progress", "42");
  const { code, out } = await keyline("list");
  expect(code).toBe(3);
  expect(out).toContain("progress  key 42  2 parked, since 1970-01-01T00:00:01.000Z");
  expect(out).toContain("code.executed/3@11  handler_failed: no such module");
  const json = JSON.parse((await keyline("list", "--json", "--app", "progress")).out);
  expect(json).toMatchObject({
    version: 1,
    command: "parked list",
    keys: [{ key: "42", events: 2, first: { offset: 11 } }],
  });
  await store.takeLane({ ...lane, app: "other" });
  expect(await keyline("list", "--app", "other")).toMatchObject({ code: 0, out: "nothing is parked\n" });
});

test("an app that has no state in the store is usage, with the nearest one: 2", async () => {
  for (const command of [["list"], ["replay", "43"], ["skip", "43"]]) {
    const { code, out, log } = await keyline(...command, "--app", "progres");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(log).toContain('the store has no app "progres"\nDid you mean progress?');
  }
  expect((await keyline("list", "--app", "nope-at-all")).log).toMatch(/no app "nope-at-all": it has .*progress/);
});

test("a release has its requester's name, and its result once the app has done it", async () => {
  const owned = await park("billing", "7");
  const asked = keyline("skip", "7", "--app", "billing", "--by", "ada", "--wait", "20");
  await expect.poll(() => store.readCommands(owned), { timeout: 20_000 }).toHaveLength(1);
  const [command] = await store.readCommands(owned);
  expect(command).toMatchObject({ key: "7", action: "skip", by: "ada" });
  const change = { id: command?.id ?? 0, progress: 2, result: "skipped 1, replayed 1" };
  await store.write(owned, { ...nothing, parkedAdded: [], parkedRemoved: [1, 2], commands: [change] });
  const { code, out } = await asked;
  expect(code).toBe(0);
  expect(out).toMatch(/^command \d+: skip billing key 7 by ada: skipped 1, replayed 1\n$/);
});

test("a key whose release stopped at an event is listed with the reason, until a later release goes on", async () => {
  const owned = await park("halting", "8");
  await keyline("replay", "8", "--app", "halting", "--wait", "0");
  const [command] = await store.readCommands(owned);
  const result = "stopped at code.executed/3@12 after 1: [handler_failed] cannot apply it: no such module";
  const change = { id: command?.id ?? 0, progress: 1, result };
  await store.write(owned, { ...nothing, parkedAdded: [], parkedRemoved: [1], commands: [change] });
  const { out } = await keyline("list", "--app", "halting");
  expect(out).toContain(`code.executed/3@12  waits: behind another event\n    the last release ${result}\n`);
  expect(JSON.parse((await keyline("list", "--app", "halting", "--json")).out).keys[0]).toMatchObject({
    stopped: result,
  });
  await keyline("skip", "8", "--app", "halting", "--wait", "0");
  expect((await keyline("list", "--app", "halting")).out).not.toContain("stopped");
});

test("an app that is not there: 1 after the time, and the command stays; without waiting: 0", async () => {
  const owned = await park("away", "9");
  const late = await keyline("replay", "9", "--app", "away", "--wait", "1");
  expect(late).toMatchObject({ code: 1, log: expect.stringContaining("no copy of away did it within 1 s") });
  expect(await store.readCommands(owned)).toHaveLength(1);
  expect((await keyline("replay", "9", "--app", "away", "--wait", "0", "--json")).code).toBe(0);
});

test("a key that is not parked: 1; parked by two apps: 2, and it asks which", async () => {
  expect(await keyline("replay", "none")).toMatchObject({
    code: 1,
    log: expect.stringContaining("no event of key none is parked"),
  });
  await park("one", "5");
  await park("two", "5");
  expect(await keyline("replay", "5")).toMatchObject({
    code: 2,
    log: expect.stringContaining("one and two: pass --app"),
  });
});

test("replay and skip by --code or --all ask for each key, after asking the operator", async () => {
  const owners = new Map(
    await Promise.all(["21", "22"].map(async (key) => [key, await park(`bulk-${key}`, key)] as const)),
  );
  const asked = async (key: string) => (await store.readCommands(owners.get(key) ?? expect.fail())).length;
  for (const wrong of [["replay"], ["replay", "21", "--all"], ["skip", "--all", "--code", "handler_failed"]])
    expect(await keyline(...wrong)).toMatchObject({
      code: 2,
      log: expect.stringContaining("a key, --code CODE, or --all"),
    });
  const refused = await keyline("replay", "--code", "handler_failed", "--app", "bulk-21");
  expect(refused).toMatchObject({ code: 2, log: expect.stringContaining("pass --yes; nothing was asked of an app") });
  expect(refused.out).toContain("bulk-21  key 21  2 parked");
  expect(await keyline("replay", "--code", "key_missing", "--yes", "--app", "bulk-21")).toMatchObject({
    ...{ code: 0, out: "no such key is parked\n" },
  });
  expect(await asked("21")).toBe(0);
  const { out } = await keyline("skip", "--code", "handler_failed", "--app", "bulk-21", "--yes", "--wait", "0");
  expect(out).toMatch(/^command \d+: skip bulk-21 key 21 by .*: requested; the app does it\n$/);
  const everything = await keyline("replay", "--all", "--yes", "--wait", "0", "--json");
  const { releases } = JSON.parse(everything.out) as { releases: { app: string; key: string }[] };
  expect(releases).toContainEqual(expect.objectContaining({ app: "bulk-22", key: "22", result: null }));
  expect([await asked("21"), await asked("22")]).toEqual([2, 1]);
});

test("dead-letters list has parked keys and letters in one picture, and says whose key is held", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "keyline-held-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await writeFile(join(cwd, "asyncapi.yaml"), shopYaml);
  const cluster = shopCluster();
  const connect = () => ({ name: "memory", transport: cluster.transport(), inspector: cluster.inspector() });
  for (const key of ["11", "12"]) {
    const record = foreignRecord({ topic: "", key, value: { n: 1 }, headers: deadLetterHeaders("order.paid", 0, 1) });
    cluster.faults.produce({ ...record, topic: "order.paid.dlq", partition: 0 });
  }
  await park("mailer", "11");
  const list = async (more = "") => {
    const io = createTestIo(cwd, { connect, environment: { DATABASE_URL: server.url } });
    const code = await main(["dead-letters", "list", ...`--group mailer ${more}`.trim().split(" ")], io);
    return { code, out: io.written.out };
  };
  const { code, out } = await list();
  expect(code).toBe(3);
  expect(out.match(/its key is held by mailer/g)).toHaveLength(1);
  expect(out).toContain("parked by mailer  key 11  2 events  handler_failed: no such module\n    code.executed/3@11\n");
  expect(out).toContain("2 dead letters, 1 parked key\n");
  const { letters, parked } = JSON.parse((await list("--json")).out);
  expect(letters.map(({ heldBy }: { heldBy: string[] }) => heldBy)).toEqual([["mailer"], []]);
  expect(parked).toMatchObject([{ app: "mailer", key: "11", events: 2 }]);
});

test("a trace reads a key's parked events of all apps, with the reason, and makes no table where there is no store", async () => {
  const context = { clusterId: "", domainTopics: new Set<string>(), showPayload: false };
  const topics = { run: { ...(shopTopics.placed ?? expect.fail()), address: "code.executed" } };
  await park("grading", "77");
  const parked = await openParked(server.url, "students", "77");
  const { events, notRead } = await parked.read(topics, context);
  await parked.close();
  expect(notRead).toEqual([]);
  expect(events.map(({ topic, offset, foundAs, parked: notes }) => [topic, offset, foundAs, notes])).toEqual([
    [
      "code.executed",
      11,
      "parked",
      [{ app: "grading", code: "handler_failed", message: "no such module", lastAtMs: 1000 }],
    ],
    ["code.executed", 12, "parked", [{ app: "grading", code: null, message: null, lastAtMs: null }]],
  ]);
  await store.sql("create database untouched");
  const empty = new URL(server.url);
  empty.pathname = "/untouched";
  const reader = createStoreReader({ url: empty.href });
  expect(await reader.version()).toEqual({ found: null, known: 2 });
  expect(await reader.parkedEvents({ domain: "students", key: "77", limit: 1 })).toEqual([]);
  expect((await reader.version()).found).toBeNull();
  await reader.close();
});
