import { accepts, isOther, regexOf } from "../accepts.js";
import type { Node, NodeOf } from "../node.js";
import { subsetsOf } from "../subsets.js";
import type { Solver } from "./answer.js";
import { type Literals, ofKind } from "./literals.js";

/** A field that has to be there, whose name is open. */
export interface OpenDemand {
  /** Whether a name is one of those that are meant. */
  suits(name: string): boolean;
  /** The same, as what a name has to fit and what not. */
  readonly name: { readonly yes: readonly Node[]; readonly no: readonly Node[] };
  /** What its value must not fit. */
  readonly no: readonly Node[];
}

/** Fields of which some name must be there. */
export const openDemands = ({ nodes }: Solver, { no }: Literals): readonly OpenDemand[] => {
  const pattern = (source: string) => nodes.atom({ kind: "pattern", source });
  const matching = ofKind(no, "matching").map(({ source, part }) => ({
    suits: (name: string) => regexOf(source).test(name),
    name: { yes: [pattern(source)], no: [] },
    no: [part],
  }));
  const others = ofKind(no, "others").map((node) => ({
    suits: (name: string) => isOther(node, name),
    name: { yes: node.matched.map(pattern), no: node.patterns.map(pattern) },
    no: [node.part],
  }));
  const refused = ofKind(no, "names").map(({ part }) => ({
    suits: (name: string) => accepts(part, name) === false,
    name: { yes: [], no: [part] },
    no: [],
  }));
  return [...matching, ...others, ...refused];
};

/** What the schemas say of fields: which apply to a name, and which names there are. */
export interface Fields {
  /** Names that the schemas speak of. */
  readonly known: readonly string[];
  /** What the value of a field has to fit. */
  constraints(name: string): readonly Node[];
  /** Whether a field may have the name; null where that cannot be said. */
  isAllowed(name: string): boolean | null;
}

export const fieldsOf = ({ yes, no }: Literals): Fields => {
  const named = ofKind([...yes, ...no], "field").map(({ name }) => name);
  const others = ofKind([...yes, ...no], "others").flatMap(({ names }) => names);
  const required = ofKind([...yes, ...no], "required").map(({ name }) => name);
  const absent = new Set(ofKind(no, "required").map(({ name }) => name));
  const checks = ofKind(yes, "names").map(({ part }) => part);
  return {
    known: [...new Set([...required, ...named, ...others])],
    constraints: (name) => yes.flatMap((node) => (appliesTo(node, name) ? [node.part] : [])),
    isAllowed: (name) => {
      if (absent.has(name)) return false;
      const answers = checks.map((part) => accepts(part, name));
      return answers.includes(false) ? false : answers.includes(null) ? null : true;
    },
  };
};

const appliesTo = (node: Node, name: string): node is NodeOf<"field" | "matching" | "others"> => {
  if (node.kind === "field") return node.name === name;
  if (node.kind === "matching") return regexOf(node.source).test(name);
  return node.kind === "others" && isOther(node, name);
};

/** Names that no schema speaks of. */
export interface FreshNames {
  /** One of each kind that the schemas tell apart, by the patterns that it matches. */
  readonly names: readonly string[];
  /** Whether no kind is missing. */
  readonly isAll: boolean;
}

/** With more patterns than these, not every combination of them is tried. */
const maxPatterns = 4;

/** Finds names beside those that are taken. */
export const freshNames = (
  solver: Solver,
  literals: Literals,
  wanted: OpenDemand["name"],
  taken: readonly string[],
): FreshNames => {
  const { nodes } = solver;
  const patterns = [
    ...ofKind(literals.yes, "matching").map(({ source }) => source),
    ...ofKind(literals.yes, "others").flatMap((node) => [...node.matched, ...node.patterns]),
  ];
  const sources = [...new Set(patterns)];
  const isText = nodes.atom({ kind: "types", types: new Set(["string"]), isInteger: false });
  const checks = ofKind(literals.yes, "names").map(({ part }) => part);
  const takenNode = nodes.atom({ kind: "values", values: [...taken] });
  const answers = combinations(sources).map((matched) => {
    const pattern = (source: string) => nodes.atom({ kind: "pattern", source });
    const [yes, no] = [sources.filter((one) => matched.has(one)), sources.filter((one) => !matched.has(one))];
    return solver.find({
      yes: [isText, ...yes.map(pattern), ...checks, ...wanted.yes],
      no: [...no.map(pattern), ...wanted.no, takenNode],
    });
  });
  return {
    names: answers.flatMap((answer) =>
      answer.kind === "value" && typeof answer.value === "string" ? [answer.value] : [],
    ),
    isAll: sources.length <= maxPatterns && answers.every(({ kind }) => kind !== "unknown"),
  };
};

/** Every combination of a few, else none and each alone. */
const combinations = (sources: readonly string[]): readonly ReadonlySet<string>[] =>
  sources.length > maxPatterns ? [new Set<string>(), ...sources.map((one) => new Set([one]))] : subsetsOf(sources);
