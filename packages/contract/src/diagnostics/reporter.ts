import type { Diagnostic, Position } from "../contract.js";
import { type RuleId, severityOf } from "../rules/rules.js";

/** Collects what the rules find. */
export interface Reporter {
  report(rule: RuleId, position: Position, text: Pick<Diagnostic, "message" | "fix" | "lines">): void;
  add(diagnostics: readonly Diagnostic[]): void;
  /** Whether a rule of our own has reported at this place. */
  has(rule: RuleId, position: Position): boolean;
  /** Everything once, by file (that of `main` first), line, column and rule. */
  sorted(main: string): readonly Diagnostic[];
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const compare = (main: string) => (a: Diagnostic, b: Diagnostic) =>
  Number(b.file === main) - Number(a.file === main) ||
  compareText(a.file, b.file) ||
  a.line - b.line ||
  a.column - b.column ||
  compareText(a.rule, b.rule) ||
  compareText(a.message, b.message);

const identity = (d: Diagnostic) => JSON.stringify([d.file, d.line, d.column, d.rule, d.message]);
const place = (rule: string, { file, line, column }: Position) => JSON.stringify([rule, file, line, column]);

export const createReporter = (): Reporter => {
  // Invariant: `found` has each diagnostic once, and `places` the rule and place of each.
  const found = new Map<string, Diagnostic>();
  const places = new Set<string>();
  const add = (diagnostic: Diagnostic) => {
    places.add(place(diagnostic.rule, diagnostic));
    const key = identity(diagnostic);
    if (!found.has(key)) found.set(key, diagnostic);
  };
  return {
    report: (rule, { file, line, column }, { message, fix, lines }) =>
      add({ file, line, column, rule, severity: severityOf(rule), message, fix, ...(lines ? { lines } : {}) }),
    add: (diagnostics) => diagnostics.forEach(add),
    has: (rule, position) => places.has(place(rule, position)),
    sorted: (main) => [...found.values()].sort(compare(main)),
  };
};
