import { onceTableSql } from "@keyline/postgres";
import { progressTopics } from "@student-events/demo/verify";
import { topics } from "@student-events/events";
import type { ForeignRecord } from "../log/foreign-log.js";
import type { Database } from "../world/database.js";

/** The topics that the handler reads, as handlers name them. */
export const readsOfPoints: readonly string[] = Object.entries(topics).flatMap(([name, { address }]) =>
  progressTopics.includes(address) ? [name] : [],
);

/** What came of a handler's rows. */
export interface Points {
  readonly rows: number;
  /** Rows of an event that has another one. */
  readonly twice: number;
  /** Events in the log that have none. */
  readonly missing: number;
}

/** Creates the handler's own table, and that of what it has handled. */
export async function createPoints(database: Database): Promise<void> {
  await database.query(`${onceTableSql()} create table points (topic text not null, event text not null)`);
}

/** Holds the handler's rows against the log. */
export async function checkPoints(database: Database, log: readonly ForeignRecord[]): Promise<Points> {
  const rows = await database.query<{ readonly topic: string; readonly event: string }>(
    "select topic, event from points",
  );
  return pointsOf(
    rows.map(({ topic, event }) => `${topic} ${event}`),
    log,
  );
}

/** @see checkPoints */
export function pointsOf(rows: readonly string[], log: readonly Pick<ForeignRecord, "topic" | "id">[]): Points {
  const events = new Set(
    log.filter(({ topic }) => progressTopics.includes(topic)).map(({ topic, id }) => `${topic} ${id}`),
  );
  const found = new Set(rows);
  return {
    rows: rows.length,
    twice: rows.length - found.size,
    missing: [...events].filter((event) => !found.has(event)).length,
  };
}
