import type { Check } from "./checks.ts";

/** The steps that may start now: of each kind one at a time, in their order, and none before what it reads is there. */
export function startable(waiting: readonly Check[], running: readonly Check[]): readonly Check[] {
  const unfinished = new Set([...waiting, ...running].map(({ name }) => name));
  const kinds = new Set(running.map(({ mostly }) => mostly));
  const ready = waiting.filter(({ after = [] }) => !after.some((name) => unfinished.has(name)));
  return (["computes", "waits"] as const).flatMap((kind) => {
    const next = kinds.has(kind) ? undefined : ready.find(({ mostly }) => mostly === kind);
    return next ? [next] : [];
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
