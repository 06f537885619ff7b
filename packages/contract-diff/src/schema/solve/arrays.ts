import type { Json } from "@keyline/json-schema";
import type { Node } from "../node.js";
import { type Answer, anyOf, found, none, type Solver, unknown } from "./answer.js";
import { countRange, type Literals, ofKind } from "./literals.js";

/** What some item has to be: one at a certain place, or from a place on. */
interface Demand {
  readonly from: number;
  readonly to: number;
  readonly yes: readonly Node[];
  readonly no: readonly Node[];
}

/** What is asked of the item at one place. */
interface Item {
  readonly yes: readonly Node[];
  readonly no: readonly Node[];
}

/** Longer arrays than this are not written out, and more ways to place demands are not tried. */
const maxLength = 5000;
const maxWays = 200;

/** Finds an array. */
export const findArray = (solver: Solver, literals: Literals): Answer => {
  const [least, most] = countRange(literals, "Items");
  if (least > most) return none;
  if (least > maxLength) return unknown;
  const demands = demandsOf(literals);
  const isUnique = ofKind(literals.yes, "unique").length > 0;
  const hasTwins = ofKind(literals.no, "unique").length > 0;
  const places = placements(demands, headLength(literals) + demands.length + (hasTwins ? 2 : 1));
  const ways = places.slice(0, maxWays).map((placed) => () => {
    const asked = (at: number) => itemAt(literals, demands, placed, at);
    const length = Math.max(least, ...placed.map((at) => at + 1));
    if (length > most) return none;
    if (!hasTwins) return build(solver, asked, length, isUnique);
    return withTwins(
      solver,
      asked,
      length,
      Math.min(most, Math.max(length, headLength(literals) + demands.length + 2)),
    );
  });
  const answer = anyOf(ways);
  return answer.kind === "none" && places.length > maxWays ? unknown : answer;
};

/** Places beyond this one are all alike. */
const headLength = ({ yes, no }: Literals): number =>
  Math.max(
    0,
    ...[...yes, ...no].map((node) => (node.kind === "at" ? node.index + 1 : node.kind === "from" ? node.index : 0)),
  );

const demandsOf = ({ yes, no }: Literals): readonly Demand[] => [
  ...ofKind(yes, "contains").map(({ part }) => ({ from: 0, to: Number.POSITIVE_INFINITY, yes: [part], no: [] })),
  ...ofKind(no, "at").map(({ index, part }) => ({ from: index, to: index, yes: [], no: [part] })),
  ...ofKind(no, "from").map(({ index, part }) => ({ from: index, to: Number.POSITIVE_INFINITY, yes: [], no: [part] })),
];

/** Every way to give each demand a place below `end`. */
const placements = (demands: readonly Demand[], end: number): readonly (readonly number[])[] =>
  demands.reduce<readonly (readonly number[])[]>(
    (ways, { from, to }) =>
      ways
        .slice(0, maxWays + 1)
        .flatMap((way) =>
          Array.from({ length: Math.max(0, Math.min(to, end - 1) - from + 1) }, (_, index) => [...way, from + index]),
        ),
    [[]],
  );

const itemAt = (literals: Literals, demands: readonly Demand[], placed: readonly number[], at: number): Item => {
  const here = demands.filter((_, index) => placed[index] === at);
  const parts = literals.yes.flatMap((node) => {
    if (node.kind === "at") return node.index === at ? [node.part] : [];
    return node.kind === "from" && node.index <= at ? [node.part] : [];
  });
  return {
    yes: [...parts, ...here.flatMap((demand) => demand.yes)],
    no: [...ofKind(literals.no, "contains").map(({ part }) => part), ...here.flatMap((demand) => demand.no)],
  };
};

type Asked = (at: number) => Item;

const build = (solver: Solver, asked: Asked, length: number, isUnique: boolean): Answer => {
  const items: Json[] = [];
  let isCertain = true;
  for (let at = 0; at < length; at += 1) {
    const { yes, no } = asked(at);
    // Others than those before; a bad choice there may leave none here, so that only the first miss is certain.
    const others = isUnique && items.length > 0 ? [solver.nodes.atom({ kind: "values", values: [...items] })] : [];
    const answer = solver.find({ yes, no: [...no, ...others] });
    if (answer.kind === "none" && others.length > 0 && solver.find({ yes, no }).kind !== "none") return unknown;
    if (answer.kind === "none") return none;
    if (answer.kind === "unknown") isCertain = false;
    else items.push(answer.value);
  }
  return isCertain ? found(items) : unknown;
};

/** An array in which two items below `end` are the same. */
const withTwins = (solver: Solver, asked: Asked, length: number, end: number): Answer => {
  const pairs = Array.from({ length: end }, (_, at) => at).flatMap((at) =>
    Array.from({ length: at }, (_, before) => [before, at] as const),
  );
  const ways = pairs.slice(0, maxWays).map(([one, other]) => () => {
    const twin: Item = {
      yes: [...asked(one).yes, ...asked(other).yes],
      no: [...asked(one).no, ...asked(other).no],
    };
    const same = solver.find(twin);
    if (same.kind !== "value") return same;
    const only = solver.nodes.atom({ kind: "values", values: [same.value] });
    const isTwin = (at: number) => at === one || at === other;
    const item: Asked = (at) => (isTwin(at) ? { yes: [...asked(at).yes, only], no: asked(at).no } : asked(at));
    return build(solver, item, Math.max(length, other + 1), false);
  });
  const answer = anyOf(ways);
  return answer.kind === "none" && pairs.length > maxWays ? unknown : answer;
};
