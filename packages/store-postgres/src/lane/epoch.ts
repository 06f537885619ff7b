import { KeylineError } from "@keyline/runtime";
import type { LaneId, OwnedLane } from "@keyline/runtime/store";
import type { Sql } from "../sql.js";
import { toInteger } from "../text.js";

/** A lane as messages name it. */
export const nameOf = ({ app, domain, lane }: LaneId) => `${app}/${domain}/${lane}`;

/** Whether the epoch is still the lane's. */
export async function holds(sql: Sql, schema: string, lane: OwnedLane): Promise<boolean> {
  return (await epochOf(sql, schema, lane, "")) === lane.epoch;
}

/** Locks the lane's row until the transaction ends: an owner that takes the lane waits so long. Throws `lane_fenced`. */
export async function lockOwn(sql: Sql, schema: string, lane: OwnedLane): Promise<void> {
  const epoch = await epochOf(sql, schema, lane, "for update");
  if (epoch === lane.epoch) return;
  throw new KeylineError(
    "lane_fenced",
    `lane ${nameOf(lane)} has epoch ${epoch}, not ${lane.epoch}: another owner took it`,
  );
}

async function epochOf(sql: Sql, schema: string, { app, domain, lane }: LaneId, lock: "" | "for update") {
  const [row] = await sql.query<{ epoch: string }>(
    `select epoch::text from ${schema}.lanes where app = $1 and domain = $2 and lane = $3 ${lock}`,
    [app, domain, lane],
  );
  return row ? toInteger(row.epoch) : null;
}
