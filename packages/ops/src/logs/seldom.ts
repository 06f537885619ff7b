/** Whether a line of a kind may be written now, and how many of its kind were left out since the last one. */
export type Seldom = (kind: string) => { readonly leftOut: number } | null;

/**
 * Lets one line of a kind through in a time: a producer that fails all the time must not fill a disk.
 *
 * Invariant: `quiet` has for each kind when a line was last let through, and how many were left out since.
 */
export function createSeldom(everyMs: number, nowMs: () => number): Seldom {
  const quiet = new Map<string, { readonly sinceMs: number; leftOut: number }>();

  return (kind) => {
    const last = quiet.get(kind);
    if (last && nowMs() - last.sinceMs < everyMs) {
      last.leftOut += 1;
      return null;
    }
    quiet.set(kind, { sinceMs: nowMs(), leftOut: 0 });
    return { leftOut: last?.leftOut ?? 0 };
  };
}
