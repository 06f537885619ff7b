/** Keywords that bound a number, a length or a count. */
export const limitKeywords = [
  ...(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] as const),
  ...(["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] as const),
] as const;

export type LimitKeyword = (typeof limitKeywords)[number];

/** Keywords that bound a length or a count; their values are integers from 0. */
export const countKeywords: readonly LimitKeyword[] = limitKeywords.filter((keyword) => /^m(in|ax)[A-Z]/.test(keyword));

/** The keywords that apply to one type only. */
export const keywordsOf = {
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"],
  array: ["items", "additionalItems", "contains", "minItems", "maxItems", "uniqueItems"],
  object: [
    ...(["properties", "required", "additionalProperties", "patternProperties", "propertyNames"] as const),
    ...(["minProperties", "maxProperties", "dependencies"] as const),
  ],
} as const;

/** Keywords that hold one schema; `items` may hold a list of them too. */
export const schemaKeywords: readonly string[] = [
  ...["not", "if", "then", "else", "items", "additionalItems", "contains", "additionalProperties", "propertyNames"],
];

/** Keywords that hold a list of schemas. */
export const schemaListKeywords: readonly string[] = ["allOf", "anyOf", "oneOf", "items"];

/** Keywords that hold schemas by name: a name may be any word, also a keyword's. */
export const schemaMapKeywords: readonly string[] = ["properties", "patternProperties", "dependencies"];

/** Keywords that hold values: a `$ref` in them is not a reference. */
export const valueKeywords: readonly string[] = ["const", "enum", "default", "examples", "example"];

/** Assertions of other drafts. Their meaning is not known here; ignoring them would accept every value. */
export const foreignKeywords: ReadonlySet<string> = new Set([
  ...["unevaluatedProperties", "unevaluatedItems", "dependentRequired", "dependentSchemas", "prefixItems"],
  ...["minContains", "maxContains", "contentSchema", "$dynamicRef", "$recursiveRef", "extends", "disallow"],
  "divisibleBy",
]);

/** The keyword of the placeholder for a schema that could not be read; the placeholder accepts everything. */
export const unreadKeyword = "x-keyline-unread";

/** Keywords that say something about a schema, or of it to readers, and nothing of its values. */
const annotations = [
  ...["$id", "id", "$schema", "$anchor", "$ref", "$comment", "$defs", "definitions", "$vocabulary", "$dynamicAnchor"],
  ...["$recursiveAnchor", "title", "description", "readOnly", "writeOnly", "deprecated", "contentEncoding"],
  ...["contentMediaType", "externalDocs", "xml"],
];

/** Every keyword of any draft, of AsyncAPI and of OpenAPI; any other word in a schema has no meaning. */
export const knownKeywords: ReadonlySet<string> = new Set([
  ...annotations,
  ...["type", "nullable", "discriminator", "required", "uniqueItems"],
  ...[...Object.values(keywordsOf).flat(), ...schemaKeywords, ...schemaListKeywords, ...schemaMapKeywords],
  ...[...valueKeywords, ...foreignKeywords, unreadKeyword],
]);
