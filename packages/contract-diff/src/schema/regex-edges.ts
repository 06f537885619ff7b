import type { Concatenation, Element, Expression, NoParent } from "refa";

type Part = NoParent<Element>;
type Sequence = NoParent<Concatenation>;

/** Where a part stands in its expression. */
interface Place {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

const inside: Place = { isFirst: false, isLast: false };

/** `^` is parsed as "no character before", `$` as "no character behind". */
const edgeOf = (element: Part): "start" | "end" | null => {
  if (element.type !== "Assertion" || !element.negate) return null;
  const [only, ...others] = element.alternatives;
  const [character, ...more] = only?.elements ?? [];
  const isAny = character?.type === "CharacterClass" && character.characters.isAll;
  if (!isAny || others.length > 0 || more.length > 0) return null;
  return element.kind === "behind" ? "start" : "end";
};

/**
 * The expression with `^` and `$` replaced by characters that stand for the text's start and end. Null where it
 * asserts something else, or in other places than first and last, which takes more than characters.
 */
export const markEdges = (expression: NoParent<Expression>, start: Part, end: Part): NoParent<Expression> | null => {
  let isPlain = true;
  const visit = (element: Part, place: Place): Part => {
    if (element.type === "Assertion") {
      const edge = edgeOf(element);
      if (edge === "start" && place.isFirst) return start;
      if (edge === "end" && place.isLast) return end;
      isPlain = false;
    }
    if (element.type === "Alternation") return { ...element, alternatives: visitAll(element.alternatives, place) };
    if (element.type === "Quantifier") return { ...element, alternatives: visitAll(element.alternatives, inside) };
    return element;
  };
  const visitAll = (sequences: readonly Sequence[], place: Place): Sequence[] =>
    sequences.map(({ type, elements }) => ({
      type,
      elements: elements.map((element, index) =>
        visit(element, {
          isFirst: place.isFirst && index === 0,
          isLast: place.isLast && index === elements.length - 1,
        }),
      ),
    }));
  const alternatives = visitAll(expression.alternatives, { isFirst: true, isLast: true });
  return isPlain ? { type: "Expression", alternatives } : null;
};
