import { CharSet, type Concatenation, DFA, type Element, type Expression, JS, NFA, type NoParent } from "refa";
import { markEdges } from "./regex-edges.js";
import { wordsOf } from "./words.js";

/** What automata say of the texts that match some expressions and no others. */
export type Words =
  /** No text fits. */
  | { readonly kind: "none" }
  /** Short texts that fit. `isAll`: there are no others. */
  | { readonly kind: "some"; readonly texts: readonly string[]; readonly isAll: boolean }
  /** It cannot be said. */
  | { readonly kind: "unknown" };

/** Which texts are wanted. Sources are of ECMAScript's regular expressions, not anchored. */
export interface Wanted {
  readonly matching: readonly string[];
  readonly notMatching: readonly string[];
  readonly minLength: number;
  /** Infinity where there is none. */
  readonly maxLength: number;
}

/** Stand for the text's start and end; noncharacters, which no text has. */
const startMark = 0x10fffe;
const endMark = 0x10ffff;
const maxCharacter = 0x10ffff;

/** Beyond this many states an automaton is not made. */
const maxNodes = 10_000;

/** Lengths beyond this are left to the caller: automata count by states. */
const maxCounted = 100;

const wordsTaken = 24;

const characters = (set: CharSet): NoParent<Element> => ({ type: "CharacterClass", characters: set });
const mark = (at: number) => characters(CharSet.fromCharacter(maxCharacter, at));
const textCharacters = CharSet.fromRange(maxCharacter, { min: 0, max: startMark - 1 });
const all = CharSet.all(maxCharacter);

const repeated = (set: CharSet, min: number, max: number): NoParent<Element> => ({
  type: "Quantifier",
  min,
  max,
  lazy: false,
  alternatives: [{ type: "Concatenation", elements: [characters(set)] }],
});

const automaton = (elements: NoParent<Element>[]): DFA => {
  const concatenation: NoParent<Concatenation> = { type: "Concatenation", elements };
  const nfa = NFA.fromRegex([concatenation], { maxCharacter }, {}, new NFA.LimitedNodeFactory(maxNodes));
  return DFA.fromFA(nfa, new DFA.LimitedNodeFactory(maxNodes));
};

/** All texts of a length, of some characters. */
const textsOf = (set: CharSet, min: number, max: number) =>
  automaton([mark(startMark), repeated(set, min, max), mark(endMark)]);

/** The parsed expression with its edges marked; null where it asserts what an automaton of texts cannot say. */
const parse = (source: string): NoParent<Expression> | null => {
  // Expressions that speak of the marks themselves.
  if (/10ff/i.test(source)) return null;
  const { expression } = JS.Parser.fromLiteral({ source, flags: "u" }).parse({
    backreferences: "throw",
    assertions: "parse",
  });
  return markEdges(expression, mark(startMark), mark(endMark));
};

// Invariant: `cache` holds the automaton of each expression that was asked for, null where none can be made; none is
// changed afterwards.
const cache = new Map<string, DFA | null>();

const matching = (source: string): DFA | null => {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const tree = parse(source);
  const inside: NoParent<Element> | null = tree && { type: "Alternation", alternatives: tree.alternatives };
  const made = inside && automaton([repeated(all, 0, Infinity), inside, repeated(all, 0, Infinity)]);
  cache.set(source, made);
  return made;
};

const notMatching = (source: string): DFA | null => {
  const found = matching(source);
  if (found === null) return null;
  const copy = found.copy();
  copy.complement();
  return copy;
};

const intersection = (automata: readonly DFA[], start: DFA): DFA =>
  automata.reduce((left, right) => DFA.fromIntersection(left, right, new DFA.LimitedNodeFactory(maxNodes)), start);

/** Plain characters first: words are shown to people. */
const alphabets = ["a-z", "a-zA-Z0-9", " -~"].map((range) => {
  const { expression } = JS.Parser.fromLiteral({ source: `[${range}]`, flags: "u" }).parse();
  const [element] = expression.alternatives[0]?.elements ?? [];
  return element?.type === "CharacterClass" ? element.characters : all;
});

const take = (automaton: DFA, count: number): { readonly texts: readonly string[]; readonly isAll: boolean } => {
  const texts: string[] = [];
  const { words, isWhole } = wordsOf(automaton);
  for (const word of words()) {
    if (texts.length === count) return { texts, isAll: false };
    texts.push(String.fromCodePoint(...word.slice(1, -1)));
  }
  return { texts, isAll: isWhole() };
};

const find = ({ matching: yes, notMatching: no, minLength, maxLength }: Wanted): Words => {
  const parts = [...yes.map(matching), ...no.map(notMatching)];
  const known = parts.filter((part) => part !== null);
  const min = Math.min(minLength, maxCounted);
  const max = maxLength > maxCounted ? Number.POSITIVE_INFINITY : maxLength;
  const found = intersection(known, textsOf(textCharacters, min, max));
  if (found.isEmpty) return { kind: "none" };
  const plain = alphabets.flatMap((set) => {
    const texts = take(intersection([found], textsOf(set, min, max)), wordsTaken / 4).texts;
    return texts;
  });
  const { texts, isAll } = take(found, wordsTaken);
  return { kind: "some", texts: [...new Set([...plain, ...texts])], isAll: isAll && known.length === parts.length };
};

/** Finds texts that match some expressions and no others. Where one cannot be followed, the others are still used. */
export const findWords = (wanted: Wanted): Words => {
  try {
    return find(wanted);
  } catch {
    // Too many states, or a kind of expression that has no automaton, such as one with a backreference.
    return { kind: "unknown" };
  }
};
