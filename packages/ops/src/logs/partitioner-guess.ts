import type { Partitioner } from "@keyline/runtime/tools";

/**
 * Says after each record on a wrong partition which partitioner most likely put them there. By chance each matches now and
 * then; the one that a producer uses matches all of its records.
 *
 * Invariant: `likely` has for each partitioner how many of all `strays` it would have put where they lie.
 */
export function createPartitionerGuess(
  users: Readonly<Record<Partitioner, string>>,
): (matches: readonly Partitioner[]) => string {
  const likely = new Map<Partitioner, number>();
  let strays = 0;

  return (matches) => {
    strays += 1;
    for (const name of matches) likely.set(name, (likely.get(name) ?? 0) + 1);
    const [best] = [...likely].sort(([, a], [, b]) => b - a);
    if (!best) return `no known partitioner puts such keys where they are (${strays} so far)`;
    const [name, count] = best;
    return `${count} of ${strays} such records lie where ${name} puts them (${users[name]})`;
  };
}
