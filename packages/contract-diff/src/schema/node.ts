import { canonicalText, type Json, type JsonType, type LimitKeyword } from "@keyline/json-schema";

/** One assertion of a schema, of one kind of value where it says so; values of other types pass it. */
export type Atom =
  | { readonly kind: "types"; readonly types: ReadonlySet<JsonType>; readonly isInteger: boolean }
  | { readonly kind: "values"; readonly values: readonly Json[] }
  | { readonly kind: "limit"; readonly keyword: LimitKeyword; readonly value: number }
  | { readonly kind: "pattern"; readonly source: string }
  | { readonly kind: "format"; readonly name: string }
  /** The item at an index, where there is one. */
  | { readonly kind: "at"; readonly index: number; readonly part: Node }
  /** Every item from an index on. */
  | { readonly kind: "from"; readonly index: number; readonly part: Node }
  | { readonly kind: "contains"; readonly part: Node }
  | { readonly kind: "unique" }
  /** The field of a name, where it is there. */
  | { readonly kind: "field"; readonly name: string; readonly part: Node }
  /** Every field whose name matches. */
  | { readonly kind: "matching"; readonly source: string; readonly part: Node }
  /** Every field that is not named, matches all of `matched` and none of the patterns. */
  | {
      readonly kind: "others";
      readonly names: readonly string[];
      readonly matched: readonly string[];
      readonly patterns: readonly string[];
      readonly part: Node;
    }
  | { readonly kind: "required"; readonly name: string }
  | { readonly kind: "names"; readonly part: Node }
  /** A schema that cannot be read: the same only as itself. */
  | { readonly kind: "unread"; readonly text: string };

type Shape =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  | { readonly kind: "and"; readonly parts: readonly Node[] }
  | { readonly kind: "or"; readonly parts: readonly Node[] }
  /** Exactly one of the parts. */
  | { readonly kind: "one"; readonly parts: readonly Node[] }
  | { readonly kind: "not"; readonly part: Node }
  | { readonly kind: "if"; readonly condition: Node; readonly then: Node; readonly otherwise: Node }
  /** A schema that leads back to itself, resolved when it is needed. */
  | { readonly kind: "lazy"; readonly key: string; readonly resolve: () => Node }
  | Atom;

/** A schema in small pieces. Equal pieces are one object, so that what did not change is seen without a look inside. */
export type Node = Shape & { readonly id: number };

export type NodeOf<Kind extends Node["kind"]> = Extract<Node, { readonly kind: Kind }>;

/** Makes nodes, each different one once. */
export interface NodeFactory {
  readonly yes: Node;
  readonly no: Node;
  atom(atom: Atom): Node;
  and(parts: readonly Node[]): Node;
  or(parts: readonly Node[]): Node;
  one(parts: readonly Node[]): Node;
  not(part: Node): Node;
  condition(condition: Node, then: Node, otherwise: Node): Node;
  lazy(key: string, resolve: () => Node): Node;
}

const atomKey = (atom: Atom): string => {
  switch (atom.kind) {
    case "types":
      return JSON.stringify([...atom.types].sort()) + String(atom.isInteger);
    case "values":
      return atom.values.map(canonicalText).sort().join(",");
    case "limit":
      return `${atom.keyword} ${atom.value}`;
    case "pattern":
      return atom.source;
    case "format":
    case "required":
      return atom.name;
    case "at":
    case "from":
      return `${atom.index} ${atom.part.id}`;
    case "contains":
    case "names":
      return String(atom.part.id);
    case "unique":
      return "";
    case "field":
      return `${atom.part.id} ${atom.name}`;
    case "matching":
      return `${atom.part.id} ${atom.source}`;
    case "others":
      return `${atom.part.id} ${JSON.stringify([atom.names, atom.matched, atom.patterns])}`;
    case "unread":
      return atom.text;
  }
};

const idsOf = (parts: readonly Node[]) => parts.map(({ id }) => id).join(" ");

/** Each part once, in one order. */
const distinct = (parts: readonly Node[]): readonly Node[] =>
  [...new Map(parts.map((part) => [part.id, part])).values()].sort((a, b) => a.id - b.id);

export const createNodes = (): NodeFactory => {
  // Invariant: `known` holds every node, each under what it says: two that say the same are one object, whose id is
  // its place.
  const known = new Map<string, Node>();
  const make = (key: string, shape: Shape): Node => {
    const text = `${shape.kind} ${key}`;
    const found = known.get(text);
    if (found) return found;
    const node: Node = { ...shape, id: known.size };
    known.set(text, node);
    return node;
  };
  const yes = make("", { kind: "true" });
  const no = make("", { kind: "false" });
  const and = (given: readonly Node[]): Node => {
    const parts = distinct(given.flatMap((part) => (part.kind === "and" ? part.parts : [part]))).filter(
      (part) => part !== yes,
    );
    if (parts.includes(no)) return no;
    const [first, ...rest] = parts;
    if (first === undefined) return yes;
    return rest.length === 0 ? first : make(idsOf(parts), { kind: "and", parts });
  };
  const or = (given: readonly Node[]): Node => {
    const parts = distinct(given.flatMap((part) => (part.kind === "or" ? part.parts : [part]))).filter(
      (part) => part !== no,
    );
    if (parts.includes(yes)) return yes;
    const [first, ...rest] = parts;
    if (first === undefined) return no;
    return rest.length === 0 ? first : make(idsOf(parts), { kind: "or", parts });
  };
  return {
    yes,
    no,
    and,
    or,
    atom: (atom) => make(atomKey(atom), atom),
    one: (given) => {
      // A part that is there twice counts twice.
      const parts = [...given].filter((part) => part !== no).sort((a, b) => a.id - b.id);
      const [first] = parts;
      if (first === undefined) return no;
      return parts.length === 1 ? first : make(idsOf(parts), { kind: "one", parts });
    },
    not: (part) => {
      if (part === yes) return no;
      if (part === no) return yes;
      return part.kind === "not" ? part.part : make(String(part.id), { kind: "not", part });
    },
    condition: (condition, then, otherwise) => {
      if (then === otherwise || condition === yes) return then;
      if (condition === no) return otherwise;
      return make(idsOf([condition, then, otherwise]), { kind: "if", condition, then, otherwise });
    },
    lazy: (key, resolve) => make(key, { kind: "lazy", key, resolve }),
  };
};
