/** What became of the events of one driver: each is a text `partition:n`, with n counting up in the order of the calls. */
export interface Tally {
  readonly acknowledged: number;
  /** Rejected, and therefore allowed to be there or not. */
  readonly rejected: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
}

/** Compares what was acknowledged with what lies on the logs, partition by partition. */
export function tally(
  acknowledged: ReadonlySet<string>,
  rejected: ReadonlySet<string>,
  logs: readonly (readonly string[])[],
): Tally {
  const counts = new Map<string, number>();
  for (const event of logs.flat()) counts.set(event, (counts.get(event) ?? 0) + 1);
  const numbers = (log: readonly string[]) =>
    log.filter((event) => acknowledged.has(event)).map((event) => Number(event.split(":")[1]));
  return {
    acknowledged: acknowledged.size,
    rejected: rejected.size,
    lost: [...acknowledged].filter((event) => !counts.has(event)).length,
    duplicated: [...counts.values()].filter((count) => count > 1).length,
    outOfOrder: logs.flatMap((log) => numbers(log).filter((n, at, all) => at > 0 && n < (all[at - 1] ?? 0))).length,
  };
}
