import type { LaneReset, ResetRequest } from "@keyline/runtime/store";
import { type LaneToReset, laneRowKey, type RowsReset, resetRows } from "@keyline/runtime/store";
import type { TopicPartition } from "@keyline/runtime/transport";
import { readStates } from "../lane/states.js";
import { readPositions } from "../lane/take-lane.js";
import type { Sql } from "../sql.js";
import { fromText, keyFrom, keyText, toInteger, toLines } from "../text.js";

/** The lanes of the request, which all statements about them name. */
type Lanes = Pick<ResetRequest, "app" | "domain" | "lanes">;

const where = "where app = $1 and domain = $2 and lane = any($3::integer[])";
const idOf = ({ app, domain, lanes }: Lanes) => [app, domain, lanes];

/** Keys whose rows are in memory at once. */
const pageSize = 500;

/**
 * Resets lanes, inside a transaction: states, positions, timers and parked events begin again, what waits in the outbox stays.
 * Lanes that no app has taken are left out.
 */
export async function resetLanes(sql: Sql, schema: string, request: ResetRequest): Promise<readonly LaneReset[]> {
  const taken = await sql.query<{ lane: number; epoch: string }>(
    `update ${schema}.lanes set epoch = epoch + 1 ${where} returning lane, epoch::text`,
    idOf(request),
  );
  const lanes = { ...request, lanes: taken.map(({ lane }) => lane).sort((a, b) => a - b) };
  const before: LaneToReset[] = [];
  for (const lane of lanes.lanes) before.push(await laneToReset(sql, schema, lanes, lane));
  const rows = resetRows(before, request);
  const keys = await resetKeys(sql, schema, lanes, rows);
  await forgetLanes(sql, schema, lanes);
  await writeOwnRows(sql, schema, lanes, rows);
  const epochs = new Map(taken.map(({ lane, epoch }) => [lane, toInteger(epoch)]));
  const done = lanes.lanes.map((lane) => ({ lane, epoch: epochs.get(lane) ?? 0, keys: keys.get(lane) ?? 0 }));
  await audit(sql, schema, request, done);
  return done;
}

async function laneToReset(sql: Sql, schema: string, { app, domain }: Lanes, lane: number): Promise<LaneToReset> {
  const key = laneRowKey(lane);
  const own = (await readStates(sql, schema, { app, domain }, [key])).get(key) ?? null;
  return { lane, own, positions: await readPositions(sql, schema, { app, domain, lane }) };
}

/** Resets the rows of keys, page by page. Resolves to how many states begin again in each lane. */
async function resetKeys(
  sql: Sql,
  schema: string,
  lanes: Lanes,
  rows: RowsReset,
): Promise<ReadonlyMap<number, number>> {
  const parked = await firstParked(sql, schema, lanes);
  const own = new Set(lanes.lanes.map((lane) => keyText(laneRowKey(lane))));
  const counts = new Map<number, number>();
  for (let page = await readPage(sql, schema, lanes, ""); page.length > 0; ) {
    const ofKeys = page.filter(({ key }) => !own.has(key));
    const after = ofKeys.map(({ key, lane, version, meta }) => ({
      key,
      meta: rows.ofKey({
        lane,
        row: { key: keyFrom(key), version: toInteger(version), state: null, meta: fromText(meta) },
        parked: parked.get(key) ?? [],
      }),
    }));
    for (const { lane, stateless } of ofKeys) if (!stateless) counts.set(lane, (counts.get(lane) ?? 0) + 1);
    await writePage(sql, schema, lanes, after);
    page = await readPage(sql, schema, lanes, page.at(-1)?.key ?? "");
  }
  return counts;
}

interface KeyRow {
  readonly key: string;
  readonly lane: number;
  readonly version: string;
  readonly meta: string;
  readonly stateless: boolean;
}

const readPage = (sql: Sql, schema: string, lanes: Lanes, after: string): Promise<KeyRow[]> =>
  sql.query<KeyRow>(
    `select key, lane, version::text, meta, state = 'null' as stateless from ${schema}.states
     ${where} and key > $4 order by key limit ${pageSize}`,
    [...idOf(lanes), after],
  );

async function writePage(
  sql: Sql,
  schema: string,
  { app, domain }: Lanes,
  page: readonly { readonly key: string; readonly meta: unknown }[],
): Promise<void> {
  const kept = page.filter(({ meta }) => meta !== null);
  const gone = page.filter(({ meta }) => meta === null);
  await sql.query(
    `update ${schema}.states s set version = s.version + 1, state = 'null', meta = n.meta, due_at_ms = null
     from unnest($3::text[], string_to_array($4, E'\\n')) as n(key, meta)
     where s.app = $1 and s.domain = $2 and s.key = n.key`,
    [app, domain, kept.map(({ key }) => key), toLines(kept.map(({ meta }) => meta))],
  );
  await sql.query(`delete from ${schema}.states where app = $1 and domain = $2 and key = any($3::text[])`, [
    ...[app, domain],
    gone.map(({ key }) => key),
  ]);
}

/** The first parked event of each key in each log, and how many there are, in all lanes: a key may be parked in others. */
async function firstParked(sql: Sql, schema: string, { app, domain }: Lanes) {
  type Row = TopicPartition & { readonly key: string; readonly first: string; readonly events: string };
  const rows = await sql.query<Row>(
    `select key, topic, partition, min("offset")::text as first, count(*)::text as events from ${schema}.parked
     where app = $1 and domain = $2 group by key, topic, partition`,
    [app, domain],
  );
  const parked = rows.map(({ key, topic, partition, first, events }) => ({
    ...{ key, topic, partition, offset: toInteger(first), events: toInteger(events) },
  }));
  return Map.groupBy(parked, ({ key }) => key);
}

/** Removes what is read again from the logs. For keys that belong to other lanes, it stays: their rows do, too. */
async function forgetLanes(sql: Sql, schema: string, lanes: Lanes): Promise<void> {
  const homeless = `not exists (select 1 from ${schema}.states s
    where s.app = t.app and s.domain = t.domain and s.key = t.key and s.lane <> all($3::integer[]))`;
  const ofLanes = "where t.app = $1 and t.domain = $2 and t.lane = any($3::integer[])";
  for (const statement of [
    `delete from ${schema}.positions ${where}`,
    `delete from ${schema}.firings ${where}`,
    `delete from ${schema}.parked t ${ofLanes} and ${homeless}`,
    `update ${schema}.commands t set done_at = now(), result = 'the lane was reset'
     ${ofLanes} and done_at is null and ${homeless}`,
  ])
    await sql.query(statement, idOf(lanes));
}

async function writeOwnRows(sql: Sql, schema: string, { app, domain, lanes }: Lanes, rows: RowsReset): Promise<void> {
  await sql.query(
    `insert into ${schema}.states as s (app, domain, key, lane, version, state, meta, due_at_ms)
     select $1, $2, n.key, n.lane, 1, 'null', n.meta, null
     from unnest($3::text[], $4::integer[], string_to_array($5, E'\\n')) as n(key, lane, meta)
     on conflict (app, domain, key) do update set version = s.version + 1, meta = excluded.meta`,
    [
      app,
      domain,
      lanes.map((lane) => keyText(laneRowKey(lane))),
      lanes,
      toLines(lanes.map((lane) => rows.ofLane(lane))),
    ],
  );
}

/** Keeps what was done, beside the commands that release keys. */
async function audit(
  sql: Sql,
  schema: string,
  { app, domain, by, publish }: ResetRequest,
  done: readonly LaneReset[],
): Promise<void> {
  await sql.query(
    `insert into ${schema}.commands (app, domain, lane, key, action, asked_by, progress, done_at, result)
     select $1, $2, n.lane, n.key, 'reset', $3, n.keys, now(), n.result
     from unnest($4::integer[], $5::text[], $6::integer[], $7::text[]) as n(lane, key, keys, result)`,
    [
      ...[app, domain, by],
      done.map(({ lane }) => lane),
      done.map(({ lane }) => keyText(laneRowKey(lane))),
      done.map(({ keys }) => keys),
      done.map(
        ({ epoch, keys }) =>
          `reset: ${keys} ${keys === 1 ? "key" : "keys"}, epoch ${epoch}${publish ? ", publishing" : ""}`,
      ),
    ],
  );
}
