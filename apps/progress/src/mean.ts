/** What is kept of a series of values to know its mean. */
export interface Mean {
  readonly count: number;
  readonly sum: number;
}

export const noValues: Mean = { count: 0, sum: 0 };

export function withValue(mean: Mean, value: number): Mean {
  return { count: mean.count + 1, sum: mean.sum + value };
}

/** The mean; 0 where there is no value. */
export function meanOf(mean: Mean): number {
  return mean.count === 0 ? 0 : mean.sum / mean.count;
}
