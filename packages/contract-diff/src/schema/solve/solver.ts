import { type Json, type JsonType, jsonTypes, typeOf } from "@keyline/json-schema";
import { accepts } from "../accepts.js";
import type { Node, NodeFactory } from "../node.js";
import { type Answer, anyOf, firstOf, none, type Question, type Solver, unknown } from "./answer.js";
import { findArray } from "./arrays.js";
import { keeps, type Literals, ofKind } from "./literals.js";
import { fieldsOf } from "./names.js";
import { findNumber } from "./numbers.js";
import { findObject } from "./objects.js";
import { assertAll, type Clause, copyOf, isKnown, isRefuted, type Signed, type State } from "./state.js";
import { findText } from "./strings.js";

/** Questions inside of questions beyond this are not asked. */
const maxDepth = 80;

/** How a solver is made. */
export interface SolverOptions {
  /** Texts to try where nothing better is known. Default: none. */
  readonly hints?: readonly string[];
  /** How many steps one question may take before it counts as unknown. Default: 20,000. */
  readonly maxSteps?: number;
}

interface Searching {
  readonly nodes: NodeFactory;
  readonly maxSteps: number;
  readonly answers: Map<string, Answer>;
  /** Questions that are being asked, by how deep inside. */
  readonly asked: Map<string, number>;
  /** The outermost question under way that an answer has taken for granted. */
  leaning: number;
  steps: number;
}

const keyOf = ({ yes, no }: Question): string => {
  const ids = (nodes: readonly Node[]) => [...new Set(nodes.map(({ id }) => id))].sort((a, b) => a - b).join(",");
  return `${ids(yes)}!${ids(no)}`;
};

/**
 * Finds values that fit schemas and do not fit others, by cases: for each type of value, each way through what the
 * schemas combine, until only assertions of that type are left, for which a value is made. Finite values only: a
 * question that comes up inside of itself has no smaller answer there than it has outside.
 */
export const createSolver = (nodes: NodeFactory, options: SolverOptions = {}): Solver => {
  const { hints = [], maxSteps = 20_000 } = options;
  const searching: Searching = {
    nodes,
    maxSteps,
    answers: new Map(),
    asked: new Map(),
    leaning: Number.POSITIVE_INFINITY,
    steps: 0,
  };
  const solver: Solver = { nodes, hints, find: (question) => ask(solver, searching, question) };
  return solver;
};

const ask = (solver: Solver, searching: Searching, question: Question): Answer => {
  const { nodes, answers, asked } = searching;
  const yes = question.yes.filter((node) => node !== nodes.yes);
  const no = question.no.filter((node) => node !== nodes.no);
  if (yes.some((node) => no.includes(node)) || yes.includes(nodes.no) || no.includes(nodes.yes)) return none;
  const key = keyOf({ yes, no });
  const known = answers.get(key);
  if (known) return known;
  const outer = asked.get(key);
  if (outer !== undefined) {
    searching.leaning = Math.min(searching.leaning, outer);
    return none;
  }
  const depth = asked.size;
  if (depth === 0) searching.steps = 0;
  if (depth > maxDepth) return unknown;
  const before = searching.leaning;
  searching.leaning = Number.POSITIVE_INFINITY;
  asked.set(key, depth);
  const answer = search(solver, searching, { yes, no });
  asked.delete(key);
  const isOwn = answer.kind !== "none" || searching.leaning >= depth;
  // What was taken for granted further out may turn out otherwise there; too many steps here may be few elsewhere.
  if (isOwn && !(answer.kind === "unknown" && searching.steps > searching.maxSteps)) answers.set(key, answer);
  searching.leaning = Math.min(before, isOwn ? Number.POSITIVE_INFINITY : searching.leaning);
  return answer;
};

const search = (solver: Solver, searching: Searching, question: Question): Answer =>
  anyOf(
    jsonTypes.map((type) => () => {
      const state: State = { type, yes: new Map(), no: new Map(), clauses: [] };
      const said: readonly Signed[] = [
        ...question.yes.map((node) => ({ node, holds: true })),
        ...question.no.map((node) => ({ node, holds: false })),
      ];
      if (!assertAll(state, said)) return none;
      return checked(searchState(solver, searching, state), question);
    }),
  );

/** An answer that does not hold was made of a case that this does not know: treat it as undecided. */
const checked = (answer: Answer, { yes, no }: Question): Answer =>
  answer.kind !== "value" || keeps({ yes, no }, answer.value) ? answer : unknown;

const searchState = (solver: Solver, searching: Searching, state: State): Answer => {
  searching.steps += 1;
  if (searching.steps > searching.maxSteps) return unknown;
  if (!settle(solver, state)) return none;
  const literals = { yes: [...state.yes.values()], no: [...state.no.values()] };
  const [values] = ofKind(literals.yes, "values");
  if (values) return ofValues(values.values, state.type, literals);
  const [fewest] = [...state.clauses].sort((a, b) => a.length - b.length);
  if (fewest === undefined) return ofType(solver, state.type, literals);
  return anyOf(
    fewest.map((way) => () => {
      const next = copyOf(state);
      next.clauses = state.clauses.filter((clause) => clause !== fewest);
      return assertAll(next, way) ? searchState(solver, searching, next) : none;
    }),
  );
};

/** Goes the ways that are the only ones; false where a clause has none. */
const settle = (solver: Solver, state: State): boolean => {
  for (let isDone = false; !isDone; ) {
    isDone = true;
    const { clauses } = state;
    state.clauses = [];
    const left: Clause[] = [];
    for (const clause of clauses) {
      if (clause.some((way) => way.every((one) => isKnown(state, one)))) continue;
      const ways = clause.filter((way) => !way.some((one) => isImpossible(solver, state, one)));
      const [only] = ways;
      if (only === undefined) return false;
      if (ways.length > 1) left.push(ways);
      else if (assertAll(state, only)) isDone = false;
      else return false;
    }
    state.clauses = [...left, ...state.clauses];
  }
  return true;
};

/** Whether something cannot be: also where a field would need a value that there is not. */
const isImpossible = (solver: Solver, state: State, { node, holds }: Signed): boolean => {
  if (isRefuted(state, { node, holds })) return true;
  if (node.kind !== "field" || holds) return false;
  const constraints = fieldsOf({ yes: [...state.yes.values()], no: [] }).constraints(node.name);
  return solver.find({ yes: constraints, no: [node.part] }).kind === "none";
};

/** Where only some values are left each is tried, by all that is said. */
const ofValues = (values: readonly Json[], type: JsonType, { yes, no }: Literals): Answer => {
  const fitting = values.filter((value) => typeOf(value) === type);
  const isNot = (value: Json) =>
    yes.some((node) => accepts(node, value) === false) || no.some((node) => accepts(node, value) === true);
  const left = fitting.filter((value) => !isNot(value));
  return firstOf(left, (value) => keeps({ yes, no }, value), left.length === 0);
};

const ofType = (solver: Solver, type: JsonType, literals: Literals): Answer => {
  const isRead = (node: Node) => node.kind !== "unread";
  const readable = { yes: literals.yes.filter(isRead), no: literals.no.filter(isRead) };
  const answer = ofReadable(solver, type, assertionsOf(readable));
  const isWhole = readable.yes.length + readable.no.length === literals.yes.length + literals.no.length;
  return isWhole || answer.kind === "none" ? answer : unknown;
};

/** Without what was only made of others: combinations, whose parts are here themselves. */
const assertionsOf = ({ yes, no }: Literals): Literals => {
  const combined: ReadonlySet<Node["kind"]> = new Set(["and", "or", "one", "if", "lazy", "not"]);
  const own = (nodes: readonly Node[]) => nodes.filter(({ kind }) => !combined.has(kind));
  return { yes: own(yes), no: own(no) };
};

const ofReadable = (solver: Solver, type: JsonType, literals: Literals): Answer => {
  switch (type) {
    case "null":
      return firstOf([null], (value) => keeps(literals, value), true);
    case "boolean":
      return firstOf([true, false], (value) => keeps(literals, value), true);
    case "number":
      return findNumber(literals);
    case "string":
      return findText(solver, literals);
    case "array":
      return findArray(solver, literals);
    case "object":
      return findObject(solver, literals);
  }
};
