/** A JSON value as a TypeScript literal that is safe wherever an expression may stand. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([name, inner]) => `${propertyKey(name)}: ${literal(inner)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return scalar(value);
}

function scalar(value: unknown): string {
  // JSON text is an expression, but for two line separators and what would close a script element. Characters that
  // turn the direction of writing would let code look like other code.
  return JSON.stringify(value ?? null)
    .replace(
      /[\p{Zl}\p{Zp}\p{Cc}\ufeff\u202a-\u202e\u2066-\u2069]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    .replaceAll("</", "<\\/");
}

/** A property's name in an object literal or type. `__proto__` is computed: written plainly it would set the prototype. */
export function propertyKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : scalar(name);
}

/** Text made harmless inside a block comment. */
export function commentText(text: string): string {
  // What is removed goes first: it could stand between the two characters that end a comment.
  return text
    .replace(/[\u2028\u2029\r]/g, " ")
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, "")
    .replaceAll("*/", "*\u200b/");
}

/** A doc comment of one or more lines; empty for no text. */
export function docComment(text: string | null | undefined, indent = ""): string {
  const lines = commentText(text ?? "")
    .trim()
    .split("\n")
    .map((line) => line.trimEnd());
  if (lines.length === 1) return lines[0] ? `${indent}/** ${lines[0]} */\n` : "";
  return `${indent}/**\n${lines.map((line) => `${indent} *${line ? ` ${line}` : ""}`).join("\n")}\n${indent} */\n`;
}

/** Shifts every line but the first. */
export const shift = (text: string): string => text.replaceAll("\n", "\n  ");

/** `name(a, b)`, broken over lines where it is long. */
export function call(name: string, args: readonly string[]): string {
  return `${name}${list("(", args, ")")}`;
}

/** Items between brackets, on one line where they fit. */
export function list(open: string, items: readonly string[], close: string): string {
  const line = `${open}${items.join(", ")}${close}`;
  if (line.length <= 100 && !line.includes("\n")) return line;
  const [only] = items;
  // One argument that is broken itself hugs its brackets.
  if (items.length === 1 && only && /^[[{(]|^[\w.]+[({[]/.test(only)) return `${open}${only}${close}`;
  return `${open.trimEnd()}\n  ${items.map(shift).join(",\n  ")},\n${close.trimStart()}`;
}
