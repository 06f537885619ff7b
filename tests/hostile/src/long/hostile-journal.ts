import { appendFileSync, readFileSync } from "node:fs";
import type { HostileRecord } from "../records/hostile-record.js";

/** The header by which a hostile record is found again; it means nothing to any reader. */
export const markHeader = "hostile";

/** A hostile record as it was written. */
export type HostileNote = Pick<HostileRecord, "what" | "codes" | "student"> & { readonly number: number };

/** Notes records before they are written. */
export const noteHostile = (file: string, notes: readonly HostileNote[]): void =>
  appendFileSync(file, notes.map((note) => `${JSON.stringify(note)}\n`).join(""));

/** All that were noted, by number. */
export function readHostile(file: string): ReadonlyMap<number, HostileNote> {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const note = JSON.parse(line) as HostileNote;
      return [note.number, note];
    }),
  );
}
