import { median } from "../measure.js";

/** An event as a member handled it. Times are of one machine's clock, milliseconds. */
export interface Handled {
  readonly key: string;
  readonly sentMs: number;
  readonly atMs: number;
  /** The process that handled it. */
  readonly member: string;
}

/** How long events waited because of one change of a group, milliseconds. */
export interface Waits {
  /** The 99th percentile before it. */
  readonly quietMs: number;
  /** Of the keys whose process stayed the same: the 99th percentile of their events; null where no key stayed. */
  readonly stayedMs: number | null;
  /** Of the keys that another process handles: the longest wait of each, the middle of these; null where no key moved. */
  readonly movedMs: number | null;
  readonly moved: number;
}

/** Share of the quiet time before a change. */
const quietForMs = 4000;

/** What the events tell that were sent from a change on, for so long. */
export function waitsOf(handled: readonly Handled[], fromMs: number, toMs: number): Waits {
  const first = firstOf(handled);
  const sentIn = (from: number, to: number) => first.filter(({ sentMs }) => sentMs >= from && sentMs < to);
  const before = sentIn(fromMs - quietForMs, fromMs);
  const owners = new Map(before.map(({ key, member }) => [key, member]));
  const byKey = [...Map.groupBy(sentIn(fromMs, toMs), ({ key }) => key)];
  const hasMoved = ([key, events]: (typeof byKey)[number]) => events.some(({ member }) => member !== owners.get(key));
  const moved = byKey.filter(hasMoved);
  const stayed = byKey.filter((one) => !hasMoved(one)).flatMap(([, events]) => events.map(waitOf));
  return {
    quietMs: percentile(before.map(waitOf), 0.99),
    stayedMs: stayed.length === 0 ? null : percentile(stayed, 0.99),
    movedMs: moved.length === 0 ? null : median(moved.map(([, events]) => Math.max(...events.map(waitOf)))),
    moved: moved.length,
  };
}

/** Each event as it was handled first: after a crash it is handled again. */
function firstOf(handled: readonly Handled[]): readonly Handled[] {
  const first = new Map<string, Handled>();
  for (const one of handled.toSorted((a, b) => a.atMs - b.atMs)) {
    const event = `${one.key} ${one.sentMs}`;
    if (!first.has(event)) first.set(event, one);
  }
  return [...first.values()];
}

const waitOf = ({ sentMs, atMs }: Handled) => atMs - sentMs;

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
