import type { DFA } from "refa";

type State = DFA.ReadonlyNode;
type Edge = readonly [{ readonly min: number; readonly max: number }, State];

/** Words longer than this are not looked for. */
const maxLength = 300;

/** States by what leads on from them. */
type Edges = ReadonlyMap<State, readonly Edge[]>;

const edgesOf = (start: State): Edges => {
  const edges = new Map<State, readonly Edge[]>();
  const states = new Set([start]);
  for (const state of states) {
    const own = [...state.out].map(([range, next]) => [range, next] as const);
    edges.set(state, own);
    for (const [, next] of own) states.add(next);
  }
  return edges;
};

/** From which states exactly one more character leads to one of these. */
const before = (edges: Edges, ends: ReadonlySet<State>): ReadonlySet<State> =>
  new Set([...edges].filter(([, own]) => own.some(([, next]) => ends.has(next))).map(([state]) => state));

/**
 * The words of an automaton, the shortest first. Only ways that lead to an end are gone: a search by breadth would try
 * every beginning of a long word. `isWhole` says whether the words that are given are all that there are.
 */
export const wordsOf = (automaton: DFA): { words(): Iterable<readonly number[]>; isWhole(): boolean } => {
  const start: State = automaton.initial;
  const edges = edgesOf(start);
  const finals = new Set<State>(automaton.finals);
  /** By how many characters are left. */
  // Invariant: `ends[n]` are the states from which exactly n more characters lead to an end.
  const ends: ReadonlySet<State>[] = [new Set([...edges.keys()].filter((state) => finals.has(state)))];
  const endsAfter = (left: number): ReadonlySet<State> => {
    for (let last = ends.at(-1); ends.length <= left && last; last = ends.at(-1)) ends.push(before(edges, last));
    return ends[left] ?? new Set();
  };
  function* from(state: State, left: number, word: readonly number[]): Generator<readonly number[]> {
    if (left === 0) yield word;
    else
      for (const [{ min, max }, next] of edges.get(state) ?? [])
        if (endsAfter(left - 1).has(next))
          for (let character = min; character <= max; character += 1) yield* from(next, left - 1, [...word, character]);
  }
  const longest = Math.min(maxLength, edges.size);
  // A word as long as there are states goes in a circle, which can be left out until it is not twice as long.
  const lengthsInCircles = Array.from({ length: edges.size + 1 }, (_, index) => edges.size + index);
  return {
    *words() {
      for (let length = 0; length <= longest; length += 1)
        if (endsAfter(length).has(start)) yield* from(start, length, []);
    },
    isWhole: () =>
      edges.size <= maxLength && !lengthsInCircles.some((length) => length > longest && endsAfter(length).has(start)),
  };
};
