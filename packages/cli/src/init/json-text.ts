import { applyEdits, modify } from "jsonc-parser";

/**
 * Sets members of the object at the root of valid JSON text, or of its member `inside`. All else stays as it is: indents, line
 * ends, the order of members.
 */
export function withMembers(
  text: string,
  members: Readonly<Record<string, unknown>>,
  inside: string | null = null,
): string {
  const [, unit = "  "] = /\n([ \t]+)"/.exec(text) ?? [];
  const formattingOptions = {
    insertSpaces: !unit.startsWith("\t"),
    tabSize: unit.startsWith("\t") ? 1 : unit.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
  let result = text;
  for (const [name, value] of Object.entries(members))
    result = applyEdits(
      result,
      modify(result, inside === null ? [name] : [inside, name], value, { formattingOptions }),
    );
  return result;
}
