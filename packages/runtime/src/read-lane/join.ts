import type { RecordPosition } from "../hooks.js";

/** An event as joining needs it: its position, and the positions that it comes after. */
export interface Joinable extends RecordPosition {
  readonly after: readonly RecordPosition[];
}

/**
 * Merges the lists of several partitions, each in order of offset, into one in which no event is before its causes;
 * otherwise by `timeOf` (milliseconds since 1970).
 */
export function joinLists<Event extends Joinable>(
  lists: readonly (readonly Event[])[],
  timeOf: (event: Event) => number,
): Event[] {
  const at = lists.map(() => 0);
  const indexOf = new Map(lists.flatMap((list, index) => (list[0] ? [[nameOf(list[0]), index] as const] : [])));
  const heads = () => lists.flatMap((list, index) => list[at[index] ?? 0] ?? []);
  const waits = (event: Event) =>
    event.after.some((cause) => {
      const index = indexOf.get(nameOf(cause));
      if (index === undefined || nameOf(cause) === nameOf(event)) return false;
      const head = lists[index]?.[at[index] ?? 0];
      return head !== undefined && head.offset <= cause.offset;
    });
  const joined: Event[] = [];
  for (let waiting = heads(); waiting.length > 0; waiting = heads()) {
    const free = waiting.filter((event) => !waits(event));
    // Headers that wait for each other are forged; the time decides then too.
    const next = (free.length > 0 ? free : waiting).reduce((a, b) => (timeOf(b) < timeOf(a) ? b : a));
    joined.push(next);
    const index = indexOf.get(nameOf(next)) ?? 0;
    at[index] = (at[index] ?? 0) + 1;
  }
  return joined;
}

const nameOf = ({ topic, partition }: Joinable | RecordPosition): string => `${topic}/${partition}`;
