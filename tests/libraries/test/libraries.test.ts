import { readFile } from "node:fs/promises";
import { canRun } from "@keyline/needs";
import { createOutbox, createRelay, type Execute, openPostgres, outboxSql } from "@keyline/outbox";
import { createOnceTable, onceTableSql } from "@keyline/postgres";
import { type PostgresServer, startPostgres } from "@keyline/postgres-dev";
import { type ErrorCode, isKeylineError } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "@student-events/events";
import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Library, libraries, openPool } from "../src/libraries.ts";
import { type PgBouncer, startPgBouncer } from "../src/pgbouncer.ts";

let postgres: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  postgres = await startPostgres();
  pool = openPool(postgres.url);
  await pool.query(`${outboxSql()}${onceTableSql()} create table lines (line text not null)`);
}, 120_000);
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});
beforeEach(() => pool.query("delete from lines; delete from keyline.outbox_events; delete from keyline.handled"));

const outbox = createOutbox(topics, { source: "shop" });
const once = createOnceTable();
const quiz = (score: number) => {
  const counts = { correct_count: 5, total_count: 10 };
  return { student_id: 42, payload: { quiz_attempt_id: 1, module: "oop", score, ...counts } } as const;
};

/** What lies in the three tables. */
async function rows() {
  const { rows: lines } = await pool.query("select line from lines order by line");
  const { rows: events } = await pool.query(
    "select key, event::json->'payload'->'payload'->>'score' as score from keyline.outbox_events order by id",
  );
  const { rows: noted } = await pool.query("select event from keyline.handled order by event");
  return [
    ...lines.map(({ line }) => line),
    ...events.map(({ key, score }) => `${key} ${score}`),
    ...noted.map(({ event }) => event),
  ];
}

const codeOf = (promise: Promise<unknown>): Promise<ErrorCode | "done" | Error> =>
  promise.then(
    () => "done" as const,
    (caught) => (isKeylineError(caught) ? caught.code : caught),
  );

/** All that one transaction writes. Whether it was the first of its number. */
const write = async (execute: Execute, add: (line: string) => Promise<unknown>, score: number) => {
  await add(`line ${score}`);
  await outbox.within(execute).learningQuiz(quiz(score));
  return once.note(execute, "group", `event ${score}`);
};

test("the guide shows the lines that run here, and the versions", async () => {
  const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");
  const page = await read("../../../docs/guides/outbox.md");
  const source = await read("../src/execute.ts");
  const lines = [...source.matchAll(/Execute =>\s+(\([^;]*);/g)].map(([, line = ""]) =>
    line.replaceAll(/=>\s+/g, "=> "),
  );
  expect(lines).toHaveLength(Object.keys(libraries).length);
  for (const line of lines) expect(page).toContain(line.includes("`") ? `\`\`${line}\`\`` : `\`${line}\``);
  const { dependencies } = JSON.parse(await read("../package.json")) as { dependencies: Record<string, string> };
  const versionOf = {
    "node-postgres": "pg",
    Kysely: "kysely",
    Drizzle: "drizzle-orm",
    TypeORM: "typeorm",
    Prisma: "@prisma/client",
  };
  for (const [library, name] of Object.entries(versionOf))
    expect(page).toMatch(new RegExp(`\\| ${library} +\\| ${dependencies[name]?.replace(/\.\d+$/, "")} `));
});

describe.each(Object.entries(libraries))("%s", (_, open) => {
  let library: Library;
  beforeAll(async () => {
    library = await open(postgres.url);
  });
  afterAll(() => library.close());

  test("an event and what is noted of one commit with the transaction of the library, and roll back with it", async () => {
    expect(await library.transaction((execute, add) => write(execute, add, 50))).toBe(true);
    const rolledBack = library.transaction(async (execute, add) => {
      await write(execute, add, 60);
      throw new Error("as the test says");
    });
    await expect(rolledBack).rejects.toThrow("as the test says");
    expect(await library.transaction((execute) => once.note(execute, "group", "event 50"))).toBe(false);
    expect(await rows()).toEqual(["line 50", "42 50", "event 50"]);
  });

  test("its database in the place of a transaction is refused", async () => {
    const { outside } = library;
    expect(await codeOf(outbox.within(outside).learningQuiz(quiz(50)))).toBe("not_in_transaction");
    expect(await codeOf(once.note(outside, "group", "event"))).toBe("not_in_transaction");
    expect(await rows()).toEqual([]);
  });

  test("a table that is not there is told by name, through the errors of the library", async () => {
    const nowhere = createOutbox(topics, { source: "shop", schema: "nowhere" });
    const writing = library.transaction((execute) => nowhere.within(execute).learningQuiz(quiz(50)));
    expect(await codeOf(writing)).toBe("outbox_missing");
    const noting = library.transaction((execute) => createOnceTable({ schema: "nowhere" }).note(execute, "g", "e"));
    expect(await codeOf(noting)).toBe("store_format");
  });
});

describe.skipIf(!(await canRun("pgbouncer")))("behind PgBouncer in transaction mode", () => {
  let bouncer: PgBouncer;
  beforeAll(async () => {
    bouncer = await startPgBouncer(postgres.url);
  });
  afterAll(() => bouncer.stop());

  test("relays share the work, publish everything once, and say that they hear no notifications", async () => {
    const cluster = createMemoryCluster({ seed: 1 });
    const { address, partitions } = topics.learningQuiz;
    cluster.createTopic(address, { partitions: partitions ?? 1 });
    const polling: unknown[] = [];
    const relays = [1, 2].map(() => {
      const database = openPostgres({ url: bouncer.url });
      const hooks = { polling: ({ error }: { readonly error: unknown }) => polling.push(error) };
      const transport = cluster.transport();
      const relay = createRelay({
        topics: { learningQuiz: topics.learningQuiz },
        transport,
        database,
        hooks,
        leaseMs: 1500,
      });
      return { relay, close: () => relay.close().finally(() => database.close()) };
    });
    try {
      await Promise.all(relays.map(({ relay }) => relay.start()));
      const shared = { timeout: 30_000 };
      await expect.poll(() => relays.map(({ relay }) => relay.standing().slots), shared).toEqual([32, 32]);
      for (let score = 0; score < 20; score += 1) {
        const client = await pool.connect();
        await client.query("begin");
        await outbox
          .within((sql, params) => client.query(sql, params))
          .learningQuiz({ ...quiz(score), student_id: 1 + (score % 5) });
        await client.query("commit");
        client.release();
      }
      await expect.poll(async () => (await relays[0]?.relay.status())?.waiting, shared).toBe(0);
      const published = Array.from({ length: partitions ?? 1 }, (_, at) => cluster.records(address, at)).flat();
      expect(published).toHaveLength(20);
      // PgBouncer takes the notification's connection back: what it would be told of, it looks for.
      await expect.poll(() => polling.length, shared).toBe(2);
      expect(relays.map(({ relay }) => relay.standing().wakesBy)).toEqual(["polling", "polling"]);
    } finally {
      await Promise.all(relays.map(({ close }) => close()));
    }
  }, 120_000);

  describe.each(Object.entries(libraries))("%s", (_, open) => {
    let library: Library;
    beforeAll(async () => {
      library = await open(bouncer.url);
    });
    afterAll(() => library.close());

    test("many transactions at once write all or nothing each", async () => {
      const numbers = Array.from({ length: 12 }, (_, n) => 10 + n);
      const outcomes = await Promise.all(
        numbers.map((n) =>
          library
            .transaction(async (execute, add) => {
              await write(execute, add, n);
              if (n % 3 === 0) throw new Error("as the test says");
            })
            .then(
              () => n,
              (caught: Error) => (caught.message === "as the test says" ? null : Promise.reject(caught)),
            ),
        ),
      );
      const committed = outcomes.filter((n) => n !== null);
      expect(committed).toHaveLength(8);
      const found = await rows();
      expect(found.sort()).toEqual(committed.flatMap((n) => [`line ${n}`, `42 ${n}`, `event ${n}`]).sort());
    });

    test("its database in the place of a transaction is refused", async () => {
      expect(await codeOf(outbox.within(library.outside).learningQuiz(quiz(50)))).toBe("not_in_transaction");
      expect(await codeOf(once.note(library.outside, "group", "event"))).toBe("not_in_transaction");
      expect(await rows()).toEqual([]);
    });
  });
});
