import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { emptyDatabase } from "@keyline/postgres-dev/empty-database";
import type { AnyProjection, TopicDescriptor } from "@keyline/runtime";
import type { LaneId } from "@keyline/runtime/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPgliteStore, createPostgresStore, onceTableSql, type SqlStore, stateView } from "../src/index.js";
import { onceTableSuite } from "./suite/once-table.js";
import { storeSuite } from "./suite/suite.js";
import { codeOf, newLane, nothing, state, take } from "./suite/support.js";

let database: PGlite;
let store: SqlStore;
beforeAll(async () => {
  database = await emptyDatabase();
  store = createPgliteStore({ database });
  await store.migrate();
}, 60_000);
afterAll(() => database.close());

describe("the table of ctx.once on PGlite", () => {
  test("is on its page as it is made", async () => {
    const page = await readFile(new URL("../../../docs/guides/once.md", import.meta.url), "utf8");
    expect(page).toContain(`\`\`\`sql\n${onceTableSql()}\`\`\`\n`);
  });

  onceTableSuite(() => ({
    run: (sql) => database.exec(sql),
    transaction: (run) => database.transaction((tx) => run((sql, params) => tx.query(sql, params))),
    autocommit: (sql, params) => database.query(sql, params),
  }));
});

describe("the store on PGlite", () => {
  storeSuite(() => store);

  test("a folder keeps everything, epochs too, from one process to the next", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "keyline-pglite-"));
    const lane = newLane();
    const first = createPgliteStore({ dataDir });
    await first.write(await take(first, lane), { ...nothing, states: [state("42", 0, { n: 1 })] });
    await first.close();
    const second = createPgliteStore({ dataDir });
    expect((await second.takeLane(lane)).epoch).toBe(2);
    expect((await second.readStates(lane, ["42"])).get("42")?.state).toEqual({ n: 1 });
    await second.close();
    await rm(dataDir, { recursive: true });
  }, 60_000);

  test("a database of the caller's stays open, and holds stores side by side in schemas", async () => {
    const database = await emptyDatabase();
    const lane = newLane();
    const stores = await Promise.all(["one", "two"].map((schema) => createPgliteStore({ database, schema })));
    for (const one of stores) expect((await one.takeLane(lane)).epoch).toBe(1);
    for (const one of stores) await one.close();
    expect((await database.query("select epoch from one.lanes")).rows).toEqual([{ epoch: 1 }]);
    await database.close();
  }, 60_000);

  test("an app reads the states by a view, and by views of its own over that", async () => {
    const lane = await take(store);
    const states = [
      state("42", 0, { modules: { loops: 68.5, oop: 12 } }),
      // Each of them ends a query over all keys, read as PostgreSQL reads JSON.
      state("43", 0, { said: "a\u0000\u0000b \\u0000 \\\u0000", modules: {} }),
      state("44", 0, { "half \ud83d": "\udc00 a pair 🎈", modules: {} }),
      state("refused", 0, null),
      state("it's", 0, { modules: {} }),
    ];
    await store.write(lane, { ...nothing, states });
    // The same name in another domain, as of a version before, is another projection.
    await store.write(await take(store, { ...lane, domain: "others" }), { ...nothing, states: [state("9", 0, {})] });
    const projection = reading(lane);
    const view = `create or replace view scores as
      select s.key as student_id, m.key as module, m.value::text::float8 as score
      from score_states s cross join lateral json_each(s.state->'modules') m`;
    for (let time = 0; time < 2; time += 1)
      await store.migrate([stateView({ projection, view: "score_states" }), view]);
    expect(await store.sql("select key, state->>'modules' as modules from score_states order by key")).toEqual([
      { key: "42", modules: '{"loops":68.5,"oop":12}' },
      { key: "43", modules: "{}" },
      { key: "44", modules: "{}" },
      { key: "it's", modules: "{}" },
    ]);
    expect(await store.sql("select state from score_states where key in ('43', '44') order by key")).toEqual([
      { state: { said: "a\ufffd\ufffdb \\u0000 \\\ufffd", modules: {} } },
      { state: { "half \ufffd": "\ufffd a pair 🎈", modules: {} } },
    ]);
    const rows = await store.sql<{ module: string; score: number }>(
      "select module, score from scores where student_id = $1 order by module",
      ["42"],
    );
    expect(rows).toEqual([
      { module: "loops", score: 68.5 },
      { module: "oop", score: 12 },
    ]);
  });

  test("a view over the states of one key uses the index, and takes any name of a projection", async () => {
    const lane = await take(store, { ...newLane(), app: "it's \\ one" });
    await store.write(lane, { ...nothing, states: [state("1", 0, { n: 1 })] });
    await store.migrate([stateView({ projection: reading(lane), view: "public.odd_states" })]);
    expect(await store.sql("select key, state->>'n' as n from public.odd_states")).toEqual([{ key: "1", n: "1" }]);
    const plan = await database.transaction(async (tx) => {
      await tx.query("set local enable_seqscan = off");
      return (await tx.query("explain select state from public.odd_states where key = '1'")).rows;
    });
    expect(JSON.stringify(plan)).toMatch(/Index Cond: .*key = '1'/);
  });

  test.each(["", "A", "a.b.c", "a;drop view b", 'a"b'])("a view cannot be called %j", (view) => {
    expect(() => stateView({ projection: reading(newLane()), view })).toThrow(
      expect.objectContaining({ code: "options_invalid" }),
    );
  });

  test("a wrong statement is not tried again", async () => {
    const caught = await store.sql("select * from nowhere").catch((error: unknown) => error);
    expect(caught).toMatchObject({ code: "store_unavailable", retryable: false });
    expect(String(caught)).toContain('relation "nowhere" does not exist');
  });

  test("a write says whether its own rows are refused or the schema is not what it was", async () => {
    const database = await emptyDatabase();
    const changed = createPgliteStore({ database });
    const lane = await take(changed);
    const write = () =>
      changed.write(lane, { ...nothing, states: [state("42", 0, 1)] }).catch((error: unknown) => error);
    await database.exec("alter table keyline.states add constraint small check (key <> '42')");
    expect(await write()).toMatchObject({ code: "store_unavailable", retryable: false });
    await changed.write(lane, nothing);
    await database.exec("alter table keyline.states drop constraint small");
    await database.exec("alter table keyline.states rename column meta to other");
    expect(await write()).toMatchObject({ code: "store_format", retryable: false });
    await database.exec("alter table keyline.states rename column other to meta");
    expect(await write()).toBeUndefined();
    await database.close();
  }, 60_000);

  test.each(["Keyline", "a b", "", "a;drop", '"', "x".repeat(64)])("the schema name %j is refused", async (schema) => {
    expect(() => createPgliteStore({ schema })).toThrow(expect.objectContaining({ code: "options_invalid" }));
  });

  test("an option that there is not is refused, with the nearest one", () => {
    expect(() => createPgliteStore({ datadir: "here" } as never)).toThrow(
      /there is no option datadir; did you mean dataDir\?/,
    );
    expect(() => createPostgresStore({ url: "postgres://x", maxConnection: 2 } as never)).toThrow(
      /there is no option maxConnection; did you mean maxConnections\?/,
    );
  });

  test("a store that was closed says so, and may be closed again", async () => {
    const closing = createPgliteStore();
    await closing.close();
    await closing.close();
    expect(await codeOf(closing.takeLane(newLane()))).toBe("closed");
  }, 60_000);
});

/** A projection as a view needs it: of the lane's app, in its domain. */
function reading({ app, domain }: LaneId): Pick<AnyProjection, "name" | "reads"> {
  const topic = { domain: { kind: "domain", name: domain } } as unknown as TopicDescriptor;
  return { name: app, reads: { placed: topic } };
}
