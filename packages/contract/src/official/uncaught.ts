import type { Diagnostic, Position } from "../contract.js";
import type { Files } from "../source/files.js";
import { entries, items, type SourceNode } from "../source/tree.js";

/** Values of these say what they like; the parser does not fail for a null in them. */
const isFree = (key: string) => ["payload", "headers", "schemas"].includes(key) || key.startsWith("x-");

/** The names of places whose null the parser does not survive. */
const fatal = /(^|\/)(message|messages\/[^/]+|examples\/\d+)$/;

const findNull = (node: SourceNode): SourceNode | null => {
  if (node.kind === "scalar") return node.value === null && fatal.test(node.path.join("/")) ? node : null;
  const inner = node.kind === "list" ? items(node) : entries(node).flatMap(([key, one]) => (isFree(key) ? [] : [one]));
  for (const child of inner) {
    const found = findNull(child);
    if (found) return found;
  }
  return null;
};

/** What is said where the official parser fails itself, whose own words are about its code. */
export const uncaught = ({ main }: Files): Pick<Diagnostic, "message" | "fix"> & { readonly position: Position } => {
  const found = main.root && findNull(main.root);
  if (found)
    return {
      position: found.position,
      message: "this is null, where AsyncAPI has a message or an example",
      fix: "write what belongs there, or remove it",
    };
  return {
    position: { file: main.name, line: 1, column: 1 },
    message: "the AsyncAPI parser fails on this document, and does not say where",
    fix: "look for a part that is null or of another type than AsyncAPI has it: take out half of the document, then the other",
  };
};
