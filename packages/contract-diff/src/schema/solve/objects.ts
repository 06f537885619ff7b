import type { Json } from "@keyline/json-schema";
import type { Node } from "../node.js";
import { type Answer, anyOf, found, none, type Solver, unknown } from "./answer.js";
import { countRange, type Literals, ofKind } from "./literals.js";
import { type Fields, fieldsOf, freshNames, type OpenDemand, openDemands } from "./names.js";

/** More ways to name open demands are not tried, and no object with more fields is written out. */
const maxWays = 200;
const maxFields = 200;

/** What the value of a field must not fit, by name. */
type Chosen = ReadonlyMap<string, readonly Node[]>;

interface Search {
  readonly solver: Solver;
  readonly literals: Literals;
  readonly fields: Fields;
  readonly range: readonly [number, number];
}

/** Finds an object. */
export const findObject = (solver: Solver, literals: Literals): Answer => {
  const range = countRange(literals, "Properties");
  if (range[0] > range[1]) return none;
  const search: Search = { solver, literals, fields: fieldsOf(literals), range };
  const fixed = new Map<string, readonly Node[]>();
  for (const { name } of ofKind(literals.yes, "required")) fixed.set(name, []);
  for (const { name, part } of ofKind(literals.no, "field")) fixed.set(name, [...(fixed.get(name) ?? []), part]);
  const { isCertain, answer } = fixedFields(search, fixed);
  if (answer.kind === "none") return none;
  const demands = openDemands(solver, literals);
  const { ways, isAll } = waysToName(search, demands, fixed);
  const outcome = anyOf(ways.map((chosen) => () => build(search, chosen)));
  return outcome.kind === "none" && !(isAll && isCertain) ? unknown : outcome;
};

/** Whether the fields that must be there can be. */
const fixedFields = (search: Search, fixed: Chosen): { readonly answer: Answer; readonly isCertain: boolean } => {
  const { solver, fields } = search;
  let isCertain = true;
  for (const [name, no] of fixed) {
    const isAllowed = fields.isAllowed(name);
    if (isAllowed === false) return { answer: none, isCertain: true };
    const answer = solver.find({ yes: fields.constraints(name), no });
    if (answer.kind === "none") return { answer, isCertain: true };
    if (isAllowed === null || answer.kind === "unknown") isCertain = false;
  }
  return { answer: unknown, isCertain };
};

interface Ways {
  readonly ways: readonly Chosen[];
  readonly isAll: boolean;
}

/** The ways to give each open demand a name: one that is there or known already, or a fresh one. */
const waysToName = (search: Search, demands: readonly OpenDemand[], fixed: Chosen): Ways => {
  const { solver, literals, fields } = search;
  const known = [...new Set([...fixed.keys(), ...fields.known])];
  let ways: readonly Chosen[] = [fixed];
  let isAll = true;
  const taken = [...known];
  for (const demand of demands) {
    const fresh = freshNames(solver, literals, demand.name, taken);
    const names = [...taken.filter((name) => fields.isAllowed(name) === true && demand.suits(name)), ...fresh.names];
    const isDoubtful = taken.some((name) => fields.isAllowed(name) === null);
    if (!fresh.isAll || isDoubtful || ways.length * names.length > maxWays) isAll = false;
    ways = ways.flatMap((way) => names.map((name) => new Map(way).set(name, [...(way.get(name) ?? []), ...demand.no])));
    ways = ways.slice(0, maxWays);
    taken.push(...fresh.names);
  }
  return { ways, isAll };
};

const build = (search: Search, chosen: Chosen): Answer => {
  const { solver, fields, range } = search;
  if (chosen.size > range[1]) return none;
  const values = new Map<string, Json>();
  let isCertain = true;
  for (const [name, no] of chosen) {
    const answer = solver.find({ yes: fields.constraints(name), no });
    if (answer.kind === "none") return none;
    if (answer.kind === "unknown") isCertain = false;
    else values.set(name, answer.value);
  }
  const filled = fill(search, values, range[0] - chosen.size, [...chosen.keys()]);
  if (filled.kind === "none") return none;
  return filled.kind === "unknown" || !isCertain ? unknown : found(Object.fromEntries(values));
};

/** Adds fields until there are enough. */
const fill = (search: Search, values: Map<string, Json>, missing: number, present: readonly string[]): Answer => {
  const { solver, literals, fields } = search;
  if (missing > maxFields) return unknown;
  let left = missing;
  let isCertain = true;
  const taken = new Set(present);
  const add = (name: string) => {
    taken.add(name);
    const isAllowed = fields.isAllowed(name);
    const answer = isAllowed === false ? none : solver.find({ yes: fields.constraints(name), no: [] });
    if (isAllowed === null || answer.kind === "unknown") isCertain = false;
    if (isAllowed !== true || answer.kind !== "value") return false;
    values.set(name, answer.value);
    left -= 1;
    return true;
  };
  for (const name of fields.known) if (left > 0 && !taken.has(name)) add(name);
  while (left > 0) {
    const fresh = freshNames(solver, literals, { yes: [], no: [] }, [...new Set([...fields.known, ...taken])]);
    if (!fresh.isAll) isCertain = false;
    const added = fresh.names.filter((name) => left > 0 && add(name));
    if (added.length === 0) return isCertain ? none : unknown;
  }
  return found(null);
};
