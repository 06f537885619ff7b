// A process of the chaos run: writes to the outbox in transactions of its own, some of which it rolls back, until as many
// have committed as it was told. What it has committed the database knows: it may be killed at any moment, and go on.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createOutbox } from "@keyline/outbox";
import { createRandom } from "@keyline/runtime/testing";
import { topics } from "@student-events/events";
import pg from "pg";
import { readTask } from "../publish/task.js";
import type { WriterTask } from "./task.js";

const task = readTask<WriterTask>();
const connections = 8;
const pool = new pg.Pool({ connectionString: task.url, max: connections });
// Connections break all the time here: the statement that fails says so.
pool.on("error", () => undefined);
pool.on("connect", (client) => client.on("error", () => undefined));
const outbox = createOutbox(topics, { source: "shop" });
// Another course after each start: a writer that was killed does not do the same again.
const random = createRandom(task.seed + process.pid);

class RolledBack extends Error {}

/** Writes one event. Its number is the student's next: who has the student's row commits next. */
async function write(client: pg.PoolClient, isKept: boolean): Promise<void> {
  const student = 1 + random.below(task.students);
  const counted = await client.query<{ n: number }>(
    `insert into chaos_students values ($1, 1) on conflict (student) do update set n = chaos_students.n + 1 returning n`,
    [student],
  );
  const n = counted.rows[0]?.n ?? 0;
  const id = randomUUID();
  const writer = outbox.within((sql, params) => client.query(sql, params));
  const isQuery = random.next() < 0.5;
  const event = { student_id: student, event_id: id };
  if (isQuery) await writer.learningQuery({ ...event, payload: { query: `${n}` } });
  else await writer.learningResponse({ ...event, payload: { response: `${n}`, agent: "concepts" } });
  const topic = isQuery ? "learning.query" : "learning.response";
  if (isKept)
    await client.query("insert into chaos_commits values ($1, $2, $3, $4, $5)", [id, task.writer, student, n, topic]);
}

/** One transaction. Some write for two students, in any order, some take back a part of it, some all. */
async function transaction(client: pg.PoolClient): Promise<void> {
  await client.query("begin");
  await write(client, true);
  if (random.next() < 0.1) {
    await client.query("savepoint part");
    await write(client, false);
    await client.query("rollback to savepoint part");
  }
  if (random.next() < 0.05) await write(client, true);
  if (random.next() < 0.1) throw new RolledBack();
  await client.query("commit");
}

async function committed(): Promise<number> {
  const found = await pool.query<{ n: number }>("select count(*)::integer as n from chaos_commits where writer = $1", [
    task.writer,
  ]);
  return found.rows[0]?.n ?? 0;
}

/** Commits some transactions by a connection of its own, until it breaks. Deadlocks and the like are tried again, as apps do. */
async function writeSome(count: number): Promise<void> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    for (let done = 0; done < count; ) {
      try {
        await transaction(client);
        done += 1;
      } catch (caught) {
        const code = (caught as { readonly code?: string }).code;
        await client.query("rollback");
        if (!(caught instanceof RolledBack) && code !== "40P01") throw caught;
      }
    }
  } catch (caught) {
    isBroken = true;
    throw caught;
  } finally {
    client.release(isBroken);
  }
}

for (;;) {
  const left = await committed().then(
    (done) => task.commits - done,
    () => null,
  );
  if (left !== null && left <= 0) break;
  const share = Math.min(100, Math.ceil((left ?? 0) / connections));
  const ended = await Promise.allSettled(Array.from({ length: connections }, () => writeSome(share)));
  // The database is away.
  if (left === null || ended.some(({ status }) => status === "rejected")) await sleep(200);
}
await pool.end();
