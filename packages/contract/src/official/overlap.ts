import type { Reporter } from "../diagnostics/reporter.js";
import type { RuleId } from "../rules/rules.js";
import { entries, items, type SourceNode } from "../source/tree.js";
import type { OfficialDiagnostic } from "./parser.js";

/** Rules whose diagnostics make the parser complain about what it could not look into. */
const causes: readonly RuleId[] = ["ref-remote", "ref-unresolved", "schema-format"];

const follows = /must match "(then|else)" schema|must match (exactly one|a) schema/;

const contains = (reporter: Reporter, node: SourceNode): boolean =>
  causes.some((rule) => reporter.has(rule, node.position)) ||
  items(node).some((item) => contains(reporter, item)) ||
  entries(node).some(([, value]) => contains(reporter, value));

/** Whether a diagnostic of the official parser only repeats, in vaguer words, what a rule of ours has reported. */
export const isRepeated = (reporter: Reporter, { diagnostic, node }: OfficialDiagnostic): boolean => {
  if (node === null) return false;
  const repeats = diagnostic.rule === "asyncapi/invalid-ref" || follows.test(diagnostic.message);
  return repeats && contains(reporter, node);
};
