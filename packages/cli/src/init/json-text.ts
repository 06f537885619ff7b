import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";

/** How members are written into an object. */
interface Style {
  /** What stands before each member and before the closing bracket; null where all stands on one line. */
  readonly lines: { readonly member: string; readonly close: string } | null;
  readonly unit: string;
  readonly colon: string;
}

const endOf = ({ offset, length }: Node) => offset + length;

/** The style of an object, which is at a depth; an empty one is written as the text around it. */
function styleOf(text: string, object: Node, depth: number): Style {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const [, unit = "  "] = /\n([ \t]+)"/.exec(text) ?? [];
  const [first] = object.children ?? [];
  const isOneLine = first ? !text.slice(object.offset, endOf(object)).includes("\n") : depth > 0 && !/\n./.test(text);
  if (isOneLine) return { lines: null, unit, colon: /":\S/.test(text) ? ":" : ": " };
  const [indent = unit.repeat(depth + 1)] = (first && /[ \t]*$/.exec(text.slice(object.offset, first.offset))) ?? [];
  return { lines: { member: eol + indent, close: eol + unit.repeat(depth) }, unit, colon: ": " };
}

/** Adds members behind the last one of an object. */
function insert(text: string, object: Node, depth: number, members: Readonly<Record<string, unknown>>): string {
  const { lines, unit, colon } = styleOf(text, object, depth);
  const last = object.children?.at(-1);
  const written = Object.entries(members).map(([name, value]) => {
    const json = lines === null ? JSON.stringify(value) : JSON.stringify(value, null, unit);
    return `${JSON.stringify(name)}${colon}${json.replaceAll("\n", lines?.member ?? "")}`;
  });
  const between = `,${lines?.member ?? colon.slice(1)}`;
  const [before, from, behind, rest] = last
    ? [between, endOf(last), "", endOf(last)]
    : [lines?.member ?? "", object.offset + 1, lines?.close ?? "", endOf(object) - 1];
  return `${text.slice(0, from)}${before}${written.join(between)}${behind}${text.slice(rest)}`;
}

/**
 * Adds members to the object at the root of valid JSON text, or to its member `inside`, which is added where it is missing. All
 * else stays as it is, to the byte: jsonc-parser's own edits would format the line before, too.
 */
export function withMembers(
  text: string,
  members: Readonly<Record<string, unknown>>,
  inside: string | null = null,
): string {
  const root = parseTree(text);
  if (root === undefined || Object.keys(members).length === 0) return text;
  if (inside === null) return insert(text, root, 0, members);
  const object = findNodeAtLocation(root, [inside]);
  return object ? insert(text, object, 1, members) : insert(text, root, 0, { [inside]: members });
}
