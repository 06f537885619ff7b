import { harmless } from "@keyline/json-schema";
import type { Diagnostic } from "../contract.js";

/**
 * A diagnostic as text: `file:line:column severity rule  message`, its fix on a line of its own, and what it would have pasted.
 * Without colour; the result has no newline at its end.
 */
export const formatDiagnostic = (diagnostic: Diagnostic): string => {
  const { file, line, column, severity, rule, message, fix, lines = [] } = diagnostic;
  const first = `${file}:${line}:${column} ${severity} ${rule}  ${message}`;
  const what = [...(fix === null ? [] : [`fix: ${fix}`]), ...lines.map((one) => `  ${one}`)];
  return [harmless(first), ...what.map((text) => `  ${harmless(text)}`)].join("\n");
};
