import type { ErrorCode } from "@keyline/runtime";
import { type Fate, judge, lettersOf } from "../fates/fates.js";
import type { HostileNote } from "./hostile-journal.js";
import type { Logs, readLetters } from "./read-logs.js";

/** What became of the hostile records at one app. */
export interface HostileFates {
  /** How many it read. */
  readonly read: number;
  readonly refused: Readonly<Record<string, number>>;
  /** What is wrong, a line for each. */
  readonly problems: readonly string[];
}

/**
 * Holds the dead letters of an app against what was written to the topics that it reads. A record without a letter counts as
 * applied: whether it was is what the app's own counts say.
 */
export function fatesAt(
  app: { readonly group: string; readonly topics: readonly string[] },
  notes: ReadonlyMap<number, HostileNote>,
  { hostile, unread }: Logs,
  letters: Awaited<ReturnType<typeof readLetters>>,
): HostileFates {
  const codes = lettersOf(app.group, letters);
  const isRead = (place: string) => app.topics.some((topic) => place.startsWith(`${topic}/`));
  const known = [...hostile].map(([number, place]) => ({ place, record: notes.get(number) ?? unnoted }));
  const bombs = unread.map((place) => ({ place, record: bomb }));
  const written = [...known, ...bombs].filter(({ place }) => isRead(place));
  const problems = written.flatMap((one) => {
    const code = codes.get(one.place) as ErrorCode | undefined;
    const fate: Fate = code === undefined ? { kind: "handled" } : { kind: "refused", code };
    return judge(one, [fate], code) ?? [];
  });
  const places = new Set(written.map(({ place }) => place));
  const strange = [...codes].filter(([place]) => !places.has(place));
  const refused = Map.groupBy(written, ({ place }) => codes.get(place) ?? "applied");
  return {
    read: written.length,
    refused: Object.fromEntries([...refused].map(([code, some]) => [code, some.length])),
    problems: [...problems, ...strange.map(([place, code]) => `${place}: a good event was refused as ${code}`)],
  };
}

const bomb = { what: "a batch that is too large", codes: ["batch_too_large"] as const };
const unnoted = { what: "a record that was not noted", codes: ["batch_too_large"] as const };
