export { compareContracts } from "./compare.js";
export { type DiffRule, type DiffRuleId, diffRules, ruleOf, type Verdict } from "./rules.js";
export { type Comparer, type Containment, createComparer, type SchemaOf, type Side } from "./schema/contains.js";
export type { Change, Comparison, Counterexample, Direction, Step, Steps } from "./types.js";
