/** A part of JSON text that has a meaning by itself: a bracket, a comma, a colon, a string, another scalar. */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const tokensOf = (text: string): readonly Token[] =>
  [...text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g)].map((found) => ({
    text: found[0],
    start: found.index,
    end: found.index + found[0].length,
  }));

/** An object in JSON text. */
interface ObjectAt {
  readonly open: Token;
  /** The last token of its last member; the opening bracket where it has none. */
  readonly last: Token;
  readonly close: Token;
  /** The first token of its first member. */
  readonly first: Token | undefined;
}

/** The index behind the value that begins at an index. */
function behind(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const { text } = tokens[at] ?? { text: "" };
    if (text === "{" || text === "[") depth += 1;
    if (text === "}" || text === "]") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

/** The index of the value of a member of the object that begins at an index; the last one where a name is there twice. */
function memberAt(tokens: readonly Token[], from: number, name: string): number | null {
  let found: number | null = null;
  for (let at = from + 1; tokens[at]?.text.startsWith('"'); ) {
    if (JSON.parse(tokens[at]?.text ?? "") === name) found = at + 2;
    const next = behind(tokens, at + 2);
    at = tokens[next]?.text === "," ? next + 1 : next;
  }
  return found;
}

function objectAt(tokens: readonly Token[], from: number): ObjectAt | null {
  const closing = behind(tokens, from) - 1;
  const [open, last, close] = [tokens[from], tokens[closing - 1], tokens[closing]];
  if (open?.text !== "{" || !last || !close) return null;
  return { open, last, close, first: last === open ? undefined : tokens[from + 1] };
}

/** How an object of JSON text is written. */
interface Style {
  /** What stands before each member and before the closing bracket; null where all stands on one line. */
  readonly lines: { readonly member: string; readonly close: string } | null;
  readonly unit: string;
  readonly isSpaced: boolean;
}

function styleOf(text: string, { open, last, close, first }: ObjectAt, depth: number): Style {
  const isSpaced = !/":\S/.test(text);
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
  const gap = text.slice(last.end, close.start);
  const isOneLine = first === undefined ? !text.trim().includes("\n") && depth > 0 : !gap.includes("\n");
  if (isOneLine) return { lines: null, unit, isSpaced };
  const before = first === undefined ? "" : text.slice(open.end, first.start);
  const member = before.includes("\n") ? before.slice(before.lastIndexOf("\n") + 1) : unit.repeat(depth + 1);
  return { lines: { member: eol + member, close: eol + unit.repeat(depth) }, unit, isSpaced };
}

/** A member in an object's style. */
function memberText([name, value]: readonly [string, unknown], { lines, unit, isSpaced }: Style): string {
  if (lines === null) return `${JSON.stringify(name)}:${isSpaced ? " " : ""}${JSON.stringify(value)}`;
  return `${JSON.stringify(name)}: ${JSON.stringify(value, null, unit).replaceAll("\n", lines.member)}`;
}

/**
 * Adds members to the end of the object at the root of valid JSON text, or of the object that is the root's member `inside`. All
 * else stays as it is: indents, line ends, the order of members. Null where there is no such object.
 */
export function addMembers(
  text: string,
  members: Readonly<Record<string, unknown>>,
  inside: string | null = null,
): string | null {
  const tokens = tokensOf(text);
  const at = inside === null ? 0 : memberAt(tokens, 0, inside);
  const object = at === null ? null : objectAt(tokens, at);
  if (object === null) return null;
  const style = styleOf(text, object, inside === null ? 0 : 1);
  const { lines } = style;
  const between = lines === null ? `,${style.isSpaced ? " " : ""}` : `,${lines.member}`;
  const added = Object.entries(members).map((member) => memberText(member, style));
  const isEmpty = object.first === undefined;
  const inserted = `${isEmpty ? (lines?.member ?? "") : between}${added.join(between)}`;
  const rest = isEmpty ? `${lines?.close ?? ""}${text.slice(object.close.start)}` : text.slice(object.last.end);
  return added.length === 0 ? text : `${text.slice(0, object.last.end)}${inserted}${rest}`;
}
