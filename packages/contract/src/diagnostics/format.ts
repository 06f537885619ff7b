import type { Diagnostic } from "../contract.js";

/** Names in a document may hold anything, such as line breaks and a terminal's escape codes. */
const visible = (text: string) =>
  text.replaceAll(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * A diagnostic as text: `file:line:column severity rule  message`, and its fix on a line of its own.
 * Without colour; the result has no newline at its end.
 */
export const formatDiagnostic = (diagnostic: Diagnostic): string => {
  const { file, line, column, severity, rule, message, fix } = diagnostic;
  const first = `${file}:${line}:${column} ${severity} ${rule}  ${message}`;
  return fix === null ? visible(first) : `${visible(first)}\n  fix: ${visible(fix)}`;
};
