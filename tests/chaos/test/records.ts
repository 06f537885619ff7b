import type { ForeignRecord } from "../src/log/foreign-log.js";

/** A record of student 7 as the console consumer prints it, with what a test is about. */
export function record(
  topic: string,
  offset: number,
  headers: Readonly<Record<string, string>> = {},
  fields: Partial<ForeignRecord> = {},
): ForeignRecord {
  return {
    topic,
    partition: 3,
    offset,
    key: "7",
    headers: new Map(Object.entries(headers)),
    event: { student_id: 7, timestamp: "2026-01-05T09:00:00Z", payload: {} },
    id: `${topic}@${offset}`,
    ...fields,
  };
}
