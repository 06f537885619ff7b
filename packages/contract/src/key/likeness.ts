import { deref, refText } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entry, type SourceNode, text } from "../source/tree.js";
import type { Field } from "./fields.js";
import { wordsOf } from "./words.js";

/** What identifies a thing, by the last word of its name. */
const identifying: ReadonlySet<string> = new Set(["id", "uuid", "guid", "identifier", "code", "number", "no", "ref"]);

/** Whose id is another one with each event: such a field is a key only where the key says so. */
const passing: ReadonlySet<string> = new Set([
  "event",
  "correlation",
  "causation",
  "trace",
  "span",
  "request",
  "session",
]);

const textsOf = (files: Files, node: SourceNode): string => {
  const name = /[^/#]+$/.exec(refText(node) ?? "")?.[0] ?? "";
  const schema = deref(files, node);
  return [name, text(entry(schema, "title")), text(entry(schema, "description"))].join(" ");
};

const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].filter((word) => b.has(word)).length;

/** What a schema states in a keyword, wherever it is referred to. */
const stated = (files: Files, node: SourceNode, keyword: string) => text(entry(deref(files, node), keyword));

const contradicts = (files: Files, key: SourceNode, { schemas, types }: Field): boolean => {
  const format = stated(files, key, "format");
  const formats = schemas.flatMap((schema) => stated(files, schema, "format") ?? []);
  if (format !== null && formats.length > 0 && !formats.includes(format)) return true;
  return stated(files, key, "type") === "integer" && !types.has("integer");
};

/**
 * How much a field is like a declared key, by name, type and description; 0 where nothing says that it is.
 * The figures only rank: a field that has the key's own schema is before one with its name, which is before one that is
 * described alike, which is before one that merely looks like an id.
 */
export const likeness = (files: Files, key: SourceNode, field: Field): number => {
  if (contradicts(files, key, field)) return 0;
  const keyWords = wordsOf(textsOf(files, key));
  const own = wordsOf(field.path.at(-1) ?? "");
  const named = shared(own, keyWords);
  const described = shared(wordsOf(field.schemas.map((schema) => textsOf(files, schema)).join(" ")), keyWords);
  const isId = identifying.has([...own].at(-1) ?? "");
  const isSame = refText(key) !== null && field.schemas.some((schema) => deref(files, schema) === deref(files, key));
  if (!isSame && [...own].some((word) => passing.has(word) && !keyWords.has(word))) return 0;
  const whole = own.size > 0 && named === own.size;
  return (isSame ? 16 : 0) + (whole ? 4 + named : named) + Math.min(described, 2) / 2 + (isId ? 1 : 0);
};
