/** The middle one; of an even number the lower of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

/** What one side did: events a second, in each run. */
export interface Side {
  readonly name: string;
  readonly perSecond: readonly number[];
  /** What its process took at most. */
  readonly peakBytes?: number;
}

/** Runs the sides one after the other, several times round, so that what slows the machine slows both. */
export async function alternate(
  rounds: number,
  sides: readonly { readonly name: string; readonly run: () => Promise<number> }[],
): Promise<readonly Side[]> {
  const found = sides.map(({ name }) => ({ name, perSecond: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { run }] of sides.entries()) found[index]?.perSecond.push(await run());
  }
  return found;
}

/** Events a second of what runs. */
export async function rateOf(events: number, run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return events / ((performance.now() - startMs) / 1000);
}
