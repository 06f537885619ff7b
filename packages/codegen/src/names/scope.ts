/** Hands out names that are not taken yet. */
export interface Scope {
  /**
   * The first of the candidates whose names are all free, then the last one with 2, 3, ... behind it; takes its names.
   * `namesOf` says what a candidate needs.
   */
  take(candidates: readonly [string, ...string[]], namesOf?: (candidate: string) => readonly string[]): string;
}

/** `fold` makes names equal that must not stand side by side, e.g. by case. */
export function createScope(reserved: Iterable<string> = [], fold: (name: string) => string = (name) => name): Scope {
  // Invariant: `taken` holds every name that is reserved or was handed out, folded: none is handed out twice.
  const taken = new Set([...reserved].map(fold));
  const take = (names: readonly string[]) => {
    if (names.some((name) => taken.has(fold(name)))) return false;
    for (const name of names) taken.add(fold(name));
    return true;
  };
  return {
    take: (candidates, namesOf = (candidate) => [candidate]) => {
      for (const candidate of candidates) if (take(namesOf(candidate))) return candidate;
      const last = candidates.at(-1) ?? candidates[0];
      for (let n = 2; ; n++) if (take(namesOf(`${last}${n}`))) return `${last}${n}`;
    },
  };
}
