/** What was measured at one moment. */
export interface Sample {
  /** Since the class began. */
  readonly atMs: number;
  /** By what it is of. */
  readonly values: Readonly<Record<string, number>>;
}

/** The highest value of each third of the run. */
export type Peaks = readonly [first: number, middle: number, last: number];

/** The peaks of each thing that was measured, by its name. */
export function peaksOf(samples: readonly Sample[], durationMs: number): ReadonlyMap<string, Peaks> {
  const names = new Set(samples.flatMap(({ values }) => Object.keys(values)));
  const peakOf = (name: string, third: number) =>
    samples
      .filter(({ atMs }) => Math.min(2, Math.floor((3 * atMs) / durationMs)) === third)
      .reduce((peak, { values }) => Math.max(peak, values[name] ?? 0), 0);
  return new Map([...names].map((name) => [name, [peakOf(name, 0), peakOf(name, 1), peakOf(name, 2)]]));
}

/** By how much the last third's peak may be above the middle third's. */
const growth = 1.1;

/** So many seconds of the class may lie before an app, once it has begun. */
const lagSeconds = 10;

/** What is not as it should be, a sentence each. */
export function problemsOf(found: {
  readonly memory: ReadonlyMap<string, Peaks>;
  readonly lag: ReadonlyMap<string, Peaks>;
  readonly rate: number;
}): readonly string[] {
  const { memory, lag, rate } = found;
  const isMeasured = (peaks: Peaks) => peaks.every((peak) => peak > 0);
  const isAbove = (peaks: Peaks) => peaks[2] > growth * peaks[1];
  const isBehind = ([, middle, last]: Peaks) => Math.max(middle, last) > lagSeconds * rate;
  return [
    ...[...memory].flatMap(([name, peaks]) =>
      isMeasured(peaks) ? [] : [`the memory of ${name} was not measured in each third of the run`],
    ),
    ...[...memory].flatMap(([name, peaks]) =>
      isAbove(peaks) ? [`the memory of ${name} grows: its peak is ${percent(peaks)} of the middle third's`] : [],
    ),
    ...[...lag].flatMap(([name, peaks]) =>
      isBehind(peaks) ? [`${name} was more than ${lagSeconds} seconds of the class behind`] : [],
    ),
  ];
}

/** The last third's peak, of the middle third's. */
export const percent = ([, middle, last]: Peaks): string => `${Math.round((100 * last) / middle)} %`;
