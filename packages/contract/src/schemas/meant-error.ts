import {
  conjuncts,
  encodeToken,
  isObject,
  type JsonSchema,
  meantBranch,
  namedSchemasAt,
  parsePointer,
  type Resolve,
  type SchemaObject,
  schemaAt,
  schemasAt,
  tagsOf,
} from "@keyline/json-schema";
import type { ErrorObject } from "ajv";

/** How a value is judged: the first error, null where it fits, undefined where that cannot be said. */
export type Judge = (schema: JsonSchema, value: unknown) => ErrorObject | null | undefined;

/** The branch of a `oneOf` or `anyOf` that a value means by its discriminator or a constant. */
const meantBy = (schema: SchemaObject, value: unknown, resolve: Resolve): readonly JsonSchema[] =>
  ["oneOf", "anyOf"].flatMap((keyword) => {
    const branches = schemasAt(schema, keyword);
    const tags = tagsOf(schema, branches, resolve);
    const index = tags === null ? null : meantBranch(tags, value);
    return index === null ? [] : branches.slice(index, index + 1);
  });

const itemAt = (schema: SchemaObject, index: number): JsonSchema | undefined =>
  Array.isArray(schema.items)
    ? (schemasAt(schema, "items")[index] ?? schemaAt(schema, "additionalItems"))
    : schemaAt(schema, "items");

/** The schemas of one field or item. */
const childrenAt = (schema: SchemaObject, token: string, value: unknown): readonly JsonSchema[] => {
  if (Array.isArray(value)) return [itemAt(schema, Number(token)) ?? true];
  const named = namedSchemasAt(schema, "properties").flatMap(([name, part]) => (name === token ? [part] : []));
  return named.length > 0 ? named : [schemaAt(schema, "additionalProperties") ?? true];
};

const childOf = (value: unknown, token: string): unknown =>
  Array.isArray(value) ? value[Number(token)] : isObject(value) ? value[token] : undefined;

/**
 * The error to tell of a value that does not fit: ajv's first, but where a `oneOf` or `anyOf` on the way to it knows which
 * branch the value means, the error of that branch.
 */
export const meantError = (schema: JsonSchema, value: unknown, resolve: Resolve, judge: Judge): ErrorObject | null => {
  const first = judge(schema, value);
  if (!first) return null;
  const parts = conjuncts(schema, resolve);
  for (const branch of parts.flatMap((part) => meantBy(part, value, resolve))) {
    const error = meantError(branch, value, resolve, judge);
    if (error) return error;
  }
  const [token] = parsePointer(first.instancePath) ?? [];
  if (token === undefined) return first;
  for (const child of parts.flatMap((part) => childrenAt(part, token, value))) {
    const error = meantError(child, childOf(value, token), resolve, judge);
    if (error) return { ...error, instancePath: `/${encodeToken(token)}${error.instancePath}` };
  }
  return first;
};
