// How many a counter has counted within a time, as a query for Prometheus: for the alerts, and for the panels of the dashboard.

export interface Counted {
  /** The counter, with its matchers where it has some. */
  readonly counter: string;
  readonly within: string;
  /** The labels that stay apart. */
  readonly by: readonly string[];
  /** Prometheus' own series of the copies, with the counter's matchers for copies. */
  readonly up?: string;
  /** How far apart the values are that are compared: a shorter gap in a series is not seen. */
  readonly step?: string;
}

/**
 * A counter with labels appears with its first event, at 1, and disappears with its process: `increase` takes the first events
 * of each process for nothing. So each value is compared with the one before, and the differences are added up. The whole value
 * counts where there was none within an hour, where it is below the one before, and where the copy was read without it just
 * before: the process is a new one. A gap in which the copy could not be read does not count, as the process may be the same. If
 * it is another with the same count, its events are missed: an alarm at each failed read would be worse.
 */
export function counted({ counter, within, by, up = "up", step = "15s" }: Counted): string {
  const before = `last_over_time(${counter}[1h] offset ${step})`;
  const begins = `(${counter} unless ${counter} offset ${step} and on (job, instance) ${up} offset ${step} == 1)`;
  const added = `${counter} - ((${before} <= ${counter} unless ${begins}) or 0 * ${counter})`;
  return `sum by (${by.join(", ")}) (sum_over_time((${added})[${within}:${step}]))`;
}
