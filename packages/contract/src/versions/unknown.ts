import type { Diagnostic } from "../contract.js";
import { entry, type SourceNode, toJson } from "../source/tree.js";
import { isSupported } from "./layout.js";

type Words = Pick<Diagnostic, "message" | "fix">;

const fix = "start the document with asyncapi: 3.1.0; versions 2.0.0 to 2.6.0, 3.0.0 and 3.1.0 are read";

/** The version that is meant where its last numbers are left out: `2.0` is a number to YAML, and is read as 2. */
const wholeVersion = (stated: string): string | null => {
  const parts = stated.split(".");
  const whole = [...parts, "0", "0"].slice(0, 3).join(".");
  const isPart = parts.length < 3 && parts.every((part) => /^\d+$/.test(part));
  return isPart && isSupported(whole) ? whole : null;
};

/** Other languages that describe interfaces in YAML, by the field that begins their documents. */
const others: readonly (readonly [field: string, name: string])[] = [
  ["openapi", "OpenAPI"],
  ["swagger", "OpenAPI 2 (Swagger)"],
  ["$schema", "JSON Schema"],
];

const notAsyncApi = (name: string): Words => ({
  message: `this is a document of ${name}, not of AsyncAPI`,
  fix: "describe its topics in an AsyncAPI document, which may refer to the schemas of this one",
});

/** What is wrong with a document that states no version, or one that is not read. */
export const versionProblem = (text: string, root: SourceNode | null): Words => {
  const at = entry(root, "asyncapi");
  const foreign = others.find(([field]) => entry(root, field));
  if (!at && foreign) return notAsyncApi(foreign[1]);
  if (!at) return otherLanguage(text) ?? { message: "not an AsyncAPI document: it has no asyncapi field", fix };
  const stated = JSON.stringify(toJson(at));
  const whole = wholeVersion(stated.replaceAll('"', ""));
  const message = `AsyncAPI version ${stated} is not supported`;
  return { message, fix: whole === null ? fix : `write ${whole}` };
};

/** Languages that are not YAML, by how their texts begin after comments. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/^(syntax|edition)\s*=\s*["']|^package\s+[\w.]+\s*;|^message\s+\w+\s*\{/, "Protobuf"],
  [/^<\?xml/, "XML"],
];

const comments = /^(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*/;

/** A language shows by then. */
const maxBeginning = 10_000;

/** What is said of a text in another language; null where none is known by its beginning. */
export const otherLanguage = (text: string): Words | null => {
  const begin = text.slice(0, maxBeginning).replace(comments, "");
  const found = texts.find(([pattern]) => pattern.test(begin));
  return found === undefined ? null : notAsyncApi(found[1]);
};
