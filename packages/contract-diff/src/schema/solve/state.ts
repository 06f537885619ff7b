import { type JsonType, numberFormats, typeOf } from "@keyline/json-schema";
import { limitedType } from "../accepts.js";
import { stringFormats } from "../formats.js";
import type { Node } from "../node.js";

/** A node that holds, or one that does not. */
export interface Signed {
  readonly node: Node;
  readonly holds: boolean;
}

/** Ways of which one must be gone; all of a way holds together. */
export type Clause = readonly (readonly Signed[])[];

/** What is known of a value of one type. */
export interface State {
  readonly type: JsonType;
  readonly yes: Map<number, Node>;
  readonly no: Map<number, Node>;
  clauses: readonly Clause[];
}

export const copyOf = ({ type, yes, no, clauses }: State): State => ({
  type,
  yes: new Map(yes),
  no: new Map(no),
  clauses,
});

/** Whether an assertion holds for all values of a type, or for none; null where it depends. */
export const truthOf = (node: Node, type: JsonType): boolean | null => {
  const isAbout = (what: JsonType) => (type === what ? null : true);
  switch (node.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "types":
      if (!node.types.has(type)) return false;
      return node.isInteger && type === "number" ? null : true;
    case "values":
      return node.values.some((value) => typeOf(value) === type) ? null : false;
    case "limit":
      return isAbout(limitedType(node.keyword));
    case "pattern":
      return isAbout("string");
    case "format":
      return (type === "string" && stringFormats.has(node.name)) || (type === "number" && numberFormats.has(node.name))
        ? null
        : true;
    case "at":
    case "from":
    case "contains":
    case "unique":
      return isAbout("array");
    case "field":
    case "matching":
    case "others":
    case "required":
    case "names":
      return isAbout("object");
    default:
      return null;
  }
};

const signed = (nodes: readonly Node[], holds: boolean): readonly Signed[] => nodes.map((node) => ({ node, holds }));

/** The ways in which a node can hold, or fail to; null where it says but one thing. */
const waysOf = ({ node, holds }: Signed): Clause | null => {
  switch (node.kind) {
    case "and":
      return holds ? null : node.parts.map((part) => signed([part], false));
    case "or":
      return holds ? node.parts.map((part) => signed([part], true)) : null;
    case "one":
      return holds ? onlyOne(node.parts) : noneOrTwo(node.parts);
    case "if":
      return [
        [
          { node: node.condition, holds: true },
          { node: node.then, holds },
        ],
        [
          { node: node.condition, holds: false },
          { node: node.otherwise, holds },
        ],
      ];
    default:
      return null;
  }
};

const onlyOne = (parts: readonly Node[]): Clause =>
  parts.map((part, index) => [...signed([part], true), ...signed(parts.toSpliced(index, 1), false)]);

const noneOrTwo = (parts: readonly Node[]): Clause => [
  signed(parts, false),
  ...parts.flatMap((one, index) => parts.slice(index + 1).map((other) => signed([one, other], true))),
];

/** Adds what is said; false where it contradicts what is known. */
export const assert = (state: State, { node, holds }: Signed): boolean => {
  const truth = truthOf(node, state.type);
  if (truth !== null) return truth === holds;
  const [same, opposite] = holds ? [state.yes, state.no] : [state.no, state.yes];
  if (opposite.has(node.id)) return false;
  if (same.has(node.id)) return true;
  if (node.kind === "not") return assert(state, { node: node.part, holds: !holds });
  same.set(node.id, node);
  if (node.kind === "lazy") return assert(state, { node: node.resolve(), holds });
  const ways = waysOf({ node, holds });
  if (ways !== null) state.clauses = [...state.clauses, ways];
  else if (node.kind === "and" || node.kind === "or") return assertAll(state, signed(node.parts, holds));
  return true;
};

export const assertAll = (state: State, all: readonly Signed[]): boolean => all.every((one) => assert(state, one));

/** Whether something cannot be, as far as that is seen without a search. */
export const isRefuted = (state: State, { node, holds }: Signed): boolean => {
  const truth = truthOf(node, state.type);
  if (truth !== null) return truth !== holds;
  if ((holds ? state.no : state.yes).has(node.id)) return true;
  switch (node.kind) {
    case "not":
      return isRefuted(state, { node: node.part, holds: !holds });
    case "and":
    case "or": {
      const isTogether = (node.kind === "and") === holds;
      const refuted = (part: Node) => isRefuted(state, { node: part, holds });
      return isTogether ? node.parts.some(refuted) : node.parts.every(refuted);
    }
    default:
      return false;
  }
};

/** Whether something is known already. */
export const isKnown = (state: State, { node, holds }: Signed): boolean => {
  const truth = truthOf(node, state.type);
  return truth === null ? (holds ? state.yes : state.no).has(node.id) : truth === holds;
};
