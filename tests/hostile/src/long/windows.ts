/** A span of the run, with hostile records or without, by this machine's clock. */
export interface Window {
  readonly isHostile: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Windows of about a minute, at least two: without hostile records and with them by turns. */
export function windowsOf(minutes: number, startMs: number): readonly Window[] {
  const count = Math.max(2, 2 * Math.floor(minutes / 2));
  const lengthMs = (minutes * 60_000) / count;
  return Array.from({ length: count }, (_, index) => ({
    isHostile: index % 2 === 1,
    fromMs: startMs + index * lengthMs,
    toMs: startMs + (index + 1) * lengthMs,
  }));
}
