import { isObject } from "./json.js";
import { countKeywords, foreignKeywords, schemaKeywords, schemaListKeywords, schemaMapKeywords } from "./keywords.js";
import { refName } from "./refs.js";
import {
  isTypeName,
  type JsonSchema,
  namedSchemasAt,
  regexFault,
  type SchemaObject,
  schemaAt,
  schemasAt,
  schemasIn,
} from "./schema.js";

/** A part of a schema that generated code cannot express. */
export interface SchemaProblem {
  /** The place in the schema, as tokens of a JSON pointer. */
  readonly path: readonly string[];
  readonly keyword: string;
  /** Lower case, subject then cause. */
  readonly message: string;
}

const bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/** The parts of a schema that prevent generation; empty if there are none. `resolve` returns named schemas. */
export function schemaProblems(
  name: string | null,
  schema: JsonSchema,
  resolve: (name: string) => JsonSchema | undefined,
): readonly SchemaProblem[] {
  const message = endlessness(name, schema, resolve);
  const endless = message === null ? [] : [{ path: [], keyword: "$ref", message }];
  return [...endless, ...walk(schema, [], resolve)];
}

/** Why a well-formed schema cannot validate any value: it refers to itself without an end. Null if it does not. */
export function endlessness(
  name: string | null,
  schema: JsonSchema,
  resolve: (name: string) => JsonSchema | undefined,
): string | null {
  const circle = circleFrom(schema, name, resolve, new Set());
  return circle && endlessText(circle);
}

function walk(
  schema: JsonSchema,
  path: readonly string[],
  resolve: (name: string) => JsonSchema | undefined,
): SchemaProblem[] {
  if (typeof schema === "boolean") return [];
  if (typeof schema.$ref === "string") {
    const target = refName(schema);
    if (target !== null && resolve(target) !== undefined) return [];
    return [{ path, keyword: "$ref", message: `$ref ${schema.$ref} leads to no schema` }];
  }
  const at = (problem: Omit<SchemaProblem, "path">): SchemaProblem => ({ path, ...problem });
  return [
    ...keywordProblems(schema).map(at),
    ...children(schema).flatMap(([step, part]) => walk(part, [...path, ...step], resolve)),
  ];
}

function children(schema: SchemaObject): (readonly [readonly string[], JsonSchema])[] {
  const single = schemaKeywords.flatMap((keyword) => {
    const part = schemaAt(schema, keyword);
    return part === undefined ? [] : [[[keyword], part] as const];
  });
  const listed = schemaListKeywords.flatMap((keyword) =>
    schemasAt(schema, keyword).map((part, index) => [[keyword, String(index)], part] as const),
  );
  const named = schemaMapKeywords.flatMap((keyword) =>
    namedSchemasAt(schema, keyword).map(([name, part]) => [[keyword, name], part] as const),
  );
  return [...single, ...listed, ...named];
}

function keywordProblems(schema: SchemaObject): Omit<SchemaProblem, "path">[] {
  const found: Omit<SchemaProblem, "path">[] = [];
  const say = (keyword: string, message: string) => found.push({ keyword, message });
  // Loading leaves out or translates what has one; a contract may be made otherwise.
  for (const keyword of Object.keys(schema))
    if (foreignKeywords.has(keyword))
      say(
        keyword,
        `${keyword} is not a keyword of draft 7, which AsyncAPI 3 uses: passed over it would refuse nothing`,
      );
  const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  for (const type of types) if (!isTypeName(type)) say("type", `${JSON.stringify(type)} is not a type of JSON Schema`);
  for (const keyword of countKeywords) {
    const value: unknown = schema[keyword];
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= 0))
      say(keyword, `${keyword} is not a whole number of 0 or more`);
  }
  for (const keyword of bounds) {
    const value: unknown = schema[keyword];
    if (value !== undefined && typeof value !== "number")
      say(keyword, `${keyword} is not a number (draft 4 had booleans here)`);
  }
  const factor: unknown = schema.multipleOf;
  if (factor !== undefined && !(typeof factor === "number" && factor > 0))
    say("multipleOf", "multipleOf is not a number above 0");
  const required: unknown = schema.required;
  if (required !== undefined && !Array.isArray(required))
    say("required", "required is not a list of names (draft 3 had booleans here)");
  const patterns: unknown = schema.patternProperties;
  const sources = [schema.pattern, ...(isObject(patterns) ? Object.keys(patterns) : [])].filter(
    (source) => source !== undefined,
  );
  for (const source of sources) {
    const fault = typeof source === "string" ? regexFault(source) : "it is not a string";
    if (fault !== null)
      say("pattern", `pattern ${JSON.stringify(source)} is not a valid ECMAScript regular expression: ${fault}`);
  }
  return found;
}

const endlessText = (circle: readonly string[]): string =>
  `the schema refers to itself without an end: no value can be held against it. Cut one of the links ${circle.join(" -> ")}`;

/**
 * The names on the way, where following what is said of the same value comes back to one of them: deciding it would never
 * end. Null where it ends.
 */
function circleFrom(
  schema: JsonSchema,
  name: string | null,
  resolve: (name: string) => JsonSchema | undefined,
  seen: ReadonlySet<string>,
): readonly string[] | null {
  if (typeof schema === "boolean") return null;
  const target = refName(schema);
  if (target !== null) {
    const way = [...(name === null ? [] : [name]), ...seen];
    if (way.includes(target)) return [...way.slice(way.indexOf(target)), target];
    const next = resolve(target);
    return next === undefined ? null : circleFrom(next, name, resolve, new Set(seen).add(target));
  }
  const same = [
    ...["allOf", "anyOf", "oneOf"].flatMap((keyword) => schemasAt(schema, keyword)),
    ...schemasIn(schema, ["not", "if", "then", "else"]),
  ];
  for (const part of same) {
    const circle = circleFrom(part, name, resolve, seen);
    if (circle !== null) return circle;
  }
  return null;
}
