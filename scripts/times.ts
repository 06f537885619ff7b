import type { Outcome } from "./run-check.ts";

const shown = 10;

/** What each step took, and the slowest files of tests: as text. */
export function timesOf(outcomes: readonly Pick<Outcome, "check" | "counts" | "seconds">[], seconds: number): string {
  const files = outcomes
    .flatMap(({ counts }) => counts.files ?? [])
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, shown);
  const line = (time: number, name: string) => `${time.toFixed(0).padStart(5)} s  ${name}`;
  return [
    "Steps (what computes and what waits run side by side):",
    ...outcomes.map(({ check, seconds: time }) => line(time, `${check.name} (${check.mostly})`)),
    line(seconds, "all of them"),
    ...(files.length === 0 ? [] : [`The slowest ${files.length} files of tests:`]),
    ...files.map(({ file, seconds: time }) => line(time, file)),
    "",
  ].join("\n");
}
