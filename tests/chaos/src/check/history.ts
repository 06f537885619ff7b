import type { ForeignRecord } from "../log/foreign-log.js";

/** One student's events in the order that their causes give them. */
export interface History {
  readonly student: number;
  readonly events: readonly ForeignRecord[];
  /** Whether some of them could stand in another order as well. */
  readonly isTotal: boolean;
}

/**
 * Puts one student's records in order by nothing but the logs and the `keyline-after` headers: in each topic by offset,
 * and no record before what its header names. Where that leaves a choice, the classroom's number chooses.
 */
export function historyOf(student: number, records: readonly ForeignRecord[]): History {
  const logs = [...Map.groupBy(records, placeOf).values()].map((log) => log.sort((a, b) => a.offset - b.offset));
  const events: ForeignRecord[] = [];
  let isTotal = true;
  while (events.length < records.length) {
    const heads = logs.flatMap(([head]) => head ?? []);
    const ready = heads.filter((head) => causesOf(head).every(({ place, offset }) => isPast(heads, place, offset)));
    if (ready.length === 0) throw new Error(`the causes of student ${student}'s events go in a circle`);
    if (ready.length > 1) isTotal = false;
    const next = ready.reduce((a, b) => (numberOf(a) <= numberOf(b) ? a : b));
    events.push(next);
    logs.find(([head]) => head === next)?.shift();
  }
  return { student, events, isTotal };
}

const isPast = (heads: readonly ForeignRecord[], place: string, offset: number): boolean =>
  heads.every((head) => placeOf(head) !== place || head.offset > offset);

const placeOf = ({ topic, partition }: ForeignRecord): string => `${topic}/${partition}`;

/** `topic/partition@offset, ...`, read by hand. */
function causesOf({ headers }: ForeignRecord): readonly { readonly place: string; readonly offset: number }[] {
  const text = headers.get("keyline-after");
  if (!text) return [];
  return text.split(", ").map((cause) => {
    const [place = "", offset] = cause.split("@");
    return { place, offset: Number(offset) };
  });
}

/** Which of the student's events it is, as the classroom counted. */
export function numberOf({ headers }: ForeignRecord): number {
  return Number(headers.get("classroom-number") ?? Number.NaN);
}
