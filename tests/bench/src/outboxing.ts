import { createOutbox, createRelay, migrateOutbox, openPostgres } from "@keyline/outbox";
import { startPostgres } from "@keyline/postgres-dev";
import { topics } from "@student-events/events";
import { createProducer } from "@student-events/producer";
import pg from "pg";
import { alternate, rateOf, type Side } from "./measure.js";
import { createPeerTables, drainedByPeer, writeByPeer } from "./outbox-peer.js";
import { atOnce, query } from "./producing.js";
import { type Setting, students } from "./setting.js";

const payload = { query, module: "basics" as const };
const schema = "bench";

/** What both measurements need. */
interface Bench {
  readonly setting: Setting;
  readonly url: string;
  readonly pool: pg.Pool;
}

const outbox = createOutbox(topics, { source: "bench", schema });
const writerOf = (client: pg.PoolClient) => outbox.within((sql, params) => client.query(sql, params));

/**
 * (k): rows that wait, drained by one relay, beside typed sends; transactions with the outbox beside those with a plain table;
 * and pg-transactional-outbox beside both.
 */
export async function outboxing(setting: Setting, rows: number, rounds: number): Promise<readonly Side[]> {
  const postgres = await startPostgres();
  const pool = new pg.Pool({ connectionString: postgres.url, max: writers });
  pool.on("error", () => undefined);
  try {
    const bench = { setting, url: postgres.url, pool };
    const database = openPostgres({ url: postgres.url });
    await migrateOutbox(database, schema);
    await database.close();
    await createPeerTables(pool);
    await pool.query("create table orders (id bigint); create table plain (id bigserial primary key, event text)");
    return [...(await draining(bench, rows, rounds)), ...(await writing(bench, Math.ceil(rows / 20), rounds))];
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

async function draining({ setting, url, pool }: Bench, rows: number, rounds: number): Promise<readonly Side[]> {
  const ids = students(1000);
  const producer = createProducer({ transport: setting.connect(), source: "bench", maxQueued: rows });
  const typed = () =>
    rateOf(rows, async () => {
      const sent: Promise<unknown>[] = [];
      for (let n = 0; n < rows; n += 1) {
        sent.push(producer.learningQuery({ student_id: ids[n % ids.length] ?? 1, payload }));
        if (n % atOnce === atOnce - 1) await new Promise(setImmediate);
      }
      await Promise.all(sent);
    });
  const drain = async () => {
    await fill(pool, ids, rows);
    return drained(setting, url, rows);
  };
  await typed();
  const fewRows = Math.ceil(rows / 1000);
  const peerRows = { url, pool, ids, payload: { student_id: 1, payload }, rows: fewRows };
  const sides = await alternate(rounds, [
    { name: "typed sends", run: typed },
    { name: "rows of an outbox, drained by one relay", run: drain },
    // Few: it does a handful a second.
    { name: `rows of pg-transactional-outbox, ${fewRows} of them`, run: () => drainedByPeer(setting, peerRows) },
  ]);
  await producer.close();
  return sides;
}

/** One row for each student, by the outbox, and copies of them. */
async function fill(pool: pg.Pool, ids: readonly number[], rows: number): Promise<void> {
  const client = await pool.connect();
  await client.query("begin");
  const { learningQuery } = writerOf(client);
  for (const student_id of ids) await learningQuery({ student_id, payload });
  await client.query("commit");
  client.release();
  await pool.query(
    `insert into ${schema}.outbox_events (id, slot, key_hash, domain, key, event)
     select nextval('${schema}.outbox_numbers'), slot, key_hash, domain, key, event
     from ${schema}.outbox_events, generate_series(2, $1::integer / $2::integer)`,
    [rows, ids.length],
  );
  await pool.query(`analyze ${schema}.outbox_events`);
}

async function drained(setting: Setting, url: string, rows: number): Promise<number> {
  const database = openPostgres({ url });
  const all = Promise.withResolvers<void>();
  let published = 0;
  const relay = createRelay({
    ...{ topics, transport: setting.connect(), database, schema },
    hooks: {
      published(event) {
        published += event.rows;
        if (published >= rows) all.resolve();
      },
    },
  });
  const rate = await rateOf(rows, async () => {
    await relay.start();
    await all.promise;
  });
  await relay.close();
  await database.close();
  return rate;
}

const writers = 4;

/** Each transaction writes a row of its own and an event. */
async function writing({ pool }: Bench, transactions: number, rounds: number): Promise<readonly Side[]> {
  const ids = students(1000);
  const { rows } = await pool.query(`select event from ${schema}.outbox_events limit 1`);
  const text = rows[0]?.event ?? JSON.stringify({ ...payload, padding: "x".repeat(600) });
  const rate = (write: (client: pg.PoolClient, student: number) => Promise<unknown>) =>
    rateOf(transactions, async () => {
      const one = async (writer: number) => {
        const client = await pool.connect();
        for (let n = writer; n < transactions; n += writers) {
          const student = ids[n % ids.length] ?? 1;
          await client.query("begin");
          await client.query("insert into orders (id) values ($1)", [n]);
          await write(client, student);
          await client.query("commit");
        }
        client.release();
      };
      await Promise.all(Array.from({ length: writers }, (_, writer) => one(writer)));
    });
  return alternate(rounds, [
    {
      name: "transactions with an event in the outbox",
      run: () => rate((client, student_id) => writerOf(client).learningQuery({ student_id, payload })),
    },
    {
      name: "the same with a row in a plain table",
      run: () => rate((client) => client.query("insert into plain (event) values ($1)", [text])),
    },
    {
      name: "the same with an event in pg-transactional-outbox",
      run: () => rate((client, student_id) => writeByPeer(client, student_id, { student_id, payload })),
    },
  ]);
}
