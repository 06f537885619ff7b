import { ENFA, JS } from "refa";
import { circlesOf } from "../refs/circles.js";

/** Larger automata are not looked at. */
const maxNodes = 400;

const automatonOf = (source: string): ENFA | null => {
  const { expression, maxCharacter } = JS.Parser.fromLiteral({ source, flags: "u" }).parse({
    backreferences: "disable",
  });
  try {
    const limit = new ENFA.LimitedNodeFactory(maxNodes);
    return ENFA.fromRegex(expression, { maxCharacter }, { assertions: "ignore" }, limit);
  } catch {
    return null;
  }
};

/** The steps of an automaton's node that read a character, also after steps that read none. */
const readingSteps = (node: ENFA.ReadonlyNode) => {
  const reached = new Set([node]);
  // A set is iterated over what is added meanwhile, too.
  for (const one of reached) for (const [to, on] of one.out) if (on === null) reached.add(to);
  return [...reached].flatMap(({ out }) => [...out].flatMap(([to, on]) => (on === null ? [] : [{ to, on }])));
};

/** Pairs of nodes, as `left * count + right`, and one that leads to every node beside itself. */
const start = -1;

const pairsOf = (nodes: readonly ENFA.ReadonlyNode[]): ((pair: number) => readonly number[]) => {
  const count = nodes.length;
  const numbers = new Map(nodes.map((node, index) => [node, index]));
  const edges = nodes.map((node) => readingSteps(node).map(({ to, on }) => ({ to: numbers.get(to) ?? 0, on })));
  return (pair) => {
    if (pair === start) return nodes.map((_, index) => index * count + index);
    const [left = [], right = []] = [edges[Math.floor(pair / count)], edges[pair % count]];
    return left.flatMap((one) =>
      right.flatMap((other) => (one.on.isDisjointWith(other.on) ? [] : [one.to * count + other.to])),
    );
  };
};

/**
 * Whether a part of a text can be matched in two ways that end where they began. Then each repetition of the part doubles
 * the ways, and where the rest of the text does not match, all of them are tried. Told by two readers of the same text
 * that part and meet again, in a circle. Assertions count as kept. False where the pattern's automaton is too large.
 */
export const isAmbiguous = (source: string): boolean => {
  const nodes = [...(automatonOf(source)?.nodes() ?? [])];
  const circles = [...circlesOf(start, pairsOf(nodes))].filter(([pair]) => pair !== start);
  const isTogether = ([pair]: readonly [number, number]) => Math.floor(pair / nodes.length) === pair % nodes.length;
  const together = new Set(circles.filter(isTogether).map(([, circle]) => circle));
  return circles.some((one) => !isTogether(one) && together.has(one[1]));
};
