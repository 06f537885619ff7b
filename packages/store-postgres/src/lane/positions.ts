import { KeylineError } from "@keyline/runtime";
import type { LaneChanges, OwnedLane } from "@keyline/runtime/store";
import type { Sql } from "../sql.js";
import { nameOf } from "./epoch.js";

/**
 * Moves positions by compare-and-set. One that is not where this owner left it is `lane_fenced` as well: what the
 * owner remembers of the lane is not what the lane is, and only taking it again helps.
 */
export async function writePositions(sql: Sql, schema: string, lane: OwnedLane, { positions }: LaneChanges) {
  if (positions.length === 0) return;
  const moved = await sql.query(
    `insert into ${schema}.positions as p (app, domain, lane, topic, partition, next_offset, last_offset, last_fingerprint)
     select $1, $2, $3, n.topic, n.partition, n.next, n.last, n.print
     from unnest($4::text[], $5::integer[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[])
       as n(topic, partition, next, last, print, was)
     left join ${schema}.positions o
       on o.app = $1 and o.domain = $2 and o.lane = $3 and o.topic = n.topic and o.partition = n.partition
     where o.next_offset is not distinct from n.was
     on conflict (app, domain, lane, topic, partition) do update
       set next_offset = excluded.next_offset, last_offset = excluded.last_offset, last_fingerprint = excluded.last_fingerprint
     returning 1`,
    [
      lane.app,
      lane.domain,
      lane.lane,
      positions.map((position) => position.topic),
      positions.map((position) => position.partition),
      positions.map((position) => position.next),
      positions.map((position) => position.last?.offset ?? null),
      positions.map((position) => position.last?.fingerprint ?? null),
      positions.map((position) => position.from),
    ],
  );
  if (moved.length === positions.length) return;
  throw new KeylineError("lane_fenced", `positions of lane ${nameOf(lane)} are not where their owner left them`);
}
