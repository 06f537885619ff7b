const dayMs = 86_400_000;

/** More days than this cannot raise the consistency score. */
const rememberedDays = 10;

/** The calendar day of a timestamp in UTC, counted from 1970-01-01; that of a leap second is the day that it ends. */
export function dayOf(timestamp: string): number {
  return Date.parse(timestamp.slice(0, "yyyy-mm-dd".length)) / dayMs;
}

/** Adds a day of activity to the ten latest, ascending; a late day takes its place among them. */
export function rememberDay(days: readonly number[], day: number): readonly number[] {
  if (days.includes(day)) return days;
  return [...days, day].sort((a, b) => a - b).slice(-rememberedDays);
}

/** How many days in a row end with the latest day of activity; 0 without any. */
export function streakOf(days: readonly number[]): number {
  const latest = days.at(-1);
  if (latest === undefined) return 0;
  let streak = 1;
  while (days.includes(latest - streak)) streak += 1;
  return streak;
}
