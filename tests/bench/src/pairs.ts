/** Runs of two sides, pair by pair: microseconds of processor time an event. */
export interface Pairs {
  /** The part, and what it measures. */
  readonly name: string;
  readonly before: readonly number[];
  readonly now: readonly number[];
}

/** What the middle of the runs was, and how far they lay apart. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const half = (sorted.length - 1) / 2;
  return { min: at(0), median: (at(Math.floor(half)) + at(Math.ceil(half))) / 2, max: at(sorted.length - 1) };
}

/** Of each pair: how much more processor time now takes than before. */
export const ratiosOf = ({ before, now }: Pairs): readonly number[] =>
  now.map((value, index) => value / (before[index] ?? Number.NaN));

/** Of the run of each side that was disturbed least. */
export const leastRatioOf = ({ before, now }: Pairs): number => spreadOf(now).min / spreadOf(before).min;

export function textOfPairs(pairs: Pairs, labels: { readonly before: string; readonly now: string }): string {
  const line = (label: string, { min, median: middle, max }: Spread, digits: number) =>
    `  ${label.padEnd(28)} ${[min, middle, max].map((value) => value.toFixed(digits).padStart(8)).join(" ")}`;
  const ratios = ratiosOf(pairs);
  return [
    pairs.name,
    `  ${"".padEnd(28)} ${["min", "median", "max"].map((name) => name.padStart(8)).join(" ")}`,
    line(`${labels.before}, µs an event`, spreadOf(pairs.before), 2),
    line(`${labels.now}, µs an event`, spreadOf(pairs.now), 2),
    line(`${labels.now} / ${labels.before}`, spreadOf(ratios), 3),
    // What else runs on a machine only ever adds to what a process spends.
    `  ${"least / least".padEnd(28)} ${leastRatioOf(pairs).toFixed(3).padStart(8)}`,
    `  ${"pair by pair".padEnd(29)} ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}`,
    "",
  ].join("\n");
}
