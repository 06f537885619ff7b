import { randomUUID } from "node:crypto";
import type pg from "pg";
import {
  DatabaseSetup,
  getDisabledLogger,
  initializeMessageStorage,
  initializePollingMessageListener,
} from "pg-transactional-outbox";
import { rateOf } from "./measure.js";
import type { Setting } from "./setting.js";

// The peer keeps order by segments, one message of each at a time: a student is a segment, as ours is a key. It takes its default of
// five messages at a time: even so its listener now and then locks rows that it is publishing, fails at them, and tries again after 5 s.

const schema = "peer";
const table = "outbox";

const base = {
  ...{ dbSchema: schema, dbTable: table },
  ...{ enableMaxAttemptsProtection: false, enablePoisonousMessageProtection: false },
};
const store = initializeMessageStorage({ outboxOrInbox: "outbox", settings: base }, getDisabledLogger());

/** Creates the peer's table, its function and its indexes, as its own set-up does. */
export async function createPeerTables(pool: pg.Pool): Promise<void> {
  const names = { outboxOrInbox: "outbox", database: "postgres", schema, table, listenerRole: "keyline" } as const;
  const polling = { ...names, nextMessagesSchema: schema, nextMessagesName: "next_outbox_messages" };
  await pool.query(DatabaseSetup.dropAndCreateTable(names));
  await pool.query(DatabaseSetup.createPollingFunction(polling));
  await pool.query(DatabaseSetup.setupPollingIndexes(polling));
}

/** Writes an event in the transaction of the client. */
export function writeByPeer(client: pg.PoolClient, student: number, payload: object): Promise<void> {
  return store(
    {
      ...{ id: randomUUID(), aggregateType: "student", messageType: "learning.query", payload },
      ...{ aggregateId: String(student), segment: String(student) },
    },
    client,
  );
}

/** Fills the peer's table with rows of the students and drains it by its polling listener. Resolves to the rows a second. */
export async function drainedByPeer(setting: Setting, { url, pool, ids, payload, rows }: PeerRows): Promise<number> {
  await pool.query(`truncate ${schema}.${table}`);
  await pool.query(
    `insert into ${schema}.${table} (id, aggregate_type, aggregate_id, message_type, segment, payload, created_at)
     select gen_random_uuid(), 'student', student, 'learning.query', student, $2::jsonb,
       clock_timestamp() + n * interval '1 microsecond'
     from generate_series(0, $3::integer - 1) as n, lateral (select ($1::text[])[1 + n % cardinality($1::text[])] as student) as s`,
    [ids.map(String), JSON.stringify(payload), rows],
  );
  await pool.query(`analyze ${schema}.${table}`);
  const topic = await setting.newTopic(12);
  // Not idempotent: sends that overlap fail then, and each failed message waits for its lock.
  const producer = setting.kafka.producer();
  await producer.connect();
  const all = Promise.withResolvers<void>();
  let published = 0;
  const config = {
    outboxOrInbox: "outbox" as const,
    dbListenerConfig: { connectionString: url, max: 20 },
    settings: {
      ...{ ...base, nextMessagesFunctionSchema: schema, nextMessagesFunctionName: "next_outbox_messages" },
      // Else it takes five messages every half a second.
      nextMessagesPollingIntervalInMs: 10,
    },
  };
  const handler = {
    async handle({ aggregateId: key, payload: value }: { readonly aggregateId: string; readonly payload: unknown }) {
      await producer.send({ topic, messages: [{ key, value: JSON.stringify(value) }] });
      published += 1;
      if (published === rows) all.resolve();
    },
  };
  let stop: () => Promise<void> = async () => undefined;
  const rate = await rateOf(rows, async () => {
    [stop] = initializePollingMessageListener(config, handler, getDisabledLogger());
    await all.promise;
  });
  await stop();
  await producer.disconnect();
  return rate;
}

interface PeerRows {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly ids: readonly number[];
  readonly payload: object;
  readonly rows: number;
}
