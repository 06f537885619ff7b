import type { Diagnostic } from "../contract.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { RuleId } from "../rules/rules.js";
import { entries, items, type SourceNode } from "../source/tree.js";
import type { OfficialDiagnostic } from "./parser.js";

/** Rules whose diagnostics make the parser complain about what it could not look into. */
const causes: readonly RuleId[] = ["ref-outside", "ref-remote", "ref-unresolved", "schema-format", "schema-invalid"];

const follows = /must match "(then|else)" schema|must match (exactly one|a) schema|type must be object,boolean/;

const contains = (reporter: Reporter, node: SourceNode): boolean =>
  causes.some((rule) => reporter.has(rule, node.position)) ||
  items(node).some((item) => contains(reporter, item)) ||
  entries(node).some(([, value]) => contains(reporter, value));

/** About a file that holds no schema we say so at the reference: it may be any file. */
const isWholeFile = ({ line, column }: Diagnostic) => line === 1 && column === 1;

/** Whether a diagnostic of the official parser only repeats, in vaguer words, what a rule of ours has reported. */
export const isRepeated = (reporter: Reporter, { diagnostic, node }: OfficialDiagnostic): boolean => {
  if (node === null) return isWholeFile(diagnostic) && /must be object,boolean/.test(diagnostic.message);
  const repeats = diagnostic.rule === "asyncapi/invalid-ref" || follows.test(diagnostic.message);
  return repeats && contains(reporter, node);
};
