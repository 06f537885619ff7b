import { harmless } from "@keyline/json-schema";
import type { Diagnostic } from "../contract.js";

/**
 * A diagnostic as text: `file:line:column severity rule  message`, and its fix on a line of its own.
 * Without colour; the result has no newline at its end.
 */
export const formatDiagnostic = (diagnostic: Diagnostic): string => {
  const { file, line, column, severity, rule, message, fix } = diagnostic;
  const first = `${file}:${line}:${column} ${severity} ${rule}  ${message}`;
  return fix === null ? harmless(first) : `${harmless(first)}\n  fix: ${harmless(fix)}`;
};
