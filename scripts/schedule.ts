import type { Check } from "./checks.ts";

/**
 * The steps that may start now, in their order, and none before what it reads is there. Of each kind one runs at a time, and
 * two that wait once nothing is left to compute.
 */
export function startable(waiting: readonly Check[], running: readonly Check[]): readonly Check[] {
  const unfinished = [...waiting, ...running];
  const names = new Set(unfinished.map(({ name }) => name));
  const ready = waiting.filter(({ after = [] }) => !after.some((name) => names.has(name)));
  const most = { computes: 1, waits: unfinished.some(({ mostly }) => mostly === "computes") ? 1 : 2 };
  return (["computes", "waits"] as const).flatMap((kind) => {
    const isKind = ({ mostly }: Check) => mostly === kind;
    return ready.filter(isKind).slice(0, Math.max(0, most[kind] - running.filter(isKind).length));
  });
}

/** Runs steps, as many side by side as may be. Resolves to their outcomes, in the order of the steps. */
export async function runAll<Outcome>(
  checks: readonly Check[],
  run: (check: Check) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<Check, Outcome>();
  const running = new Map<Check, Promise<void>>();
  let waiting = checks;
  while (waiting.length + running.size > 0) {
    const next = startable(waiting, [...running.keys()]);
    if (next.length + running.size === 0) throw new Error(`nothing can start of: ${waiting.map(({ name }) => name)}`);
    waiting = waiting.filter((check) => !next.includes(check));
    for (const check of next) {
      const ended = run(check).then((outcome) => {
        outcomes.set(check, outcome);
        running.delete(check);
      });
      running.set(check, ended);
    }
    await Promise.race(running.values());
  }
  return checks.flatMap((check) => outcomes.get(check) ?? []);
}
