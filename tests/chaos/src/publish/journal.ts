import { appendFileSync, readFileSync } from "node:fs";
import type { RecordPosition } from "@keyline/runtime";

/** An event of the classroom: a student's, and which of the student's. */
export interface EventName {
  readonly student: number;
  /** Counts the student's events in the order of the calls. */
  readonly number: number;
}

/** What a publisher notes of one event: that it calls, then how that ended. */
export type JournalEntry =
  | ({ readonly kind: "called"; readonly topic: string } & EventName)
  | ({ readonly kind: "acknowledged" } & EventName & Partial<RecordPosition>)
  | ({ readonly kind: "rejected"; readonly code: string; readonly reason: string } & EventName);

/** Notes before it returns: what a killed process knew is known afterwards. */
export function createJournal(file: string): (entry: JournalEntry) => void {
  return (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

/** All notes of a publisher; a last line that the kill cut short is left out. */
export function readJournal(file: string): readonly JournalEntry[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line) as JournalEntry);
}

/** The students whom one of several publishers plays: each student's events come from one process. */
export const playedBy = (publisher: number, publishers: number, student: number): boolean =>
  student % publishers === publisher;
