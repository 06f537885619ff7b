import { harmless } from "@keyline/json-schema";
import type { Diagnostic } from "../contract.js";

/**
 * A diagnostic as text: `file:line:column severity rule  message`, its fix on a separate line, and the lines to paste.
 * Without colour, and without a newline at the end.
 */
export const formatDiagnostic = (diagnostic: Diagnostic): string => {
  const { file, line, column, severity, rule, message, fix, lines = [] } = diagnostic;
  const first = `${file}:${line}:${column} ${severity} ${rule}  ${message}`;
  const what = [...(fix === null ? [] : [`fix: ${fix}`]), ...lines.map((one) => `  ${one}`)];
  return [harmless(first), ...what.map((text) => `  ${harmless(text)}`)].join("\n");
};
