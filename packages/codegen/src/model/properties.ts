import {
  conjuncts,
  type Json,
  type JsonSchema,
  namedSchemasAt,
  type Resolve,
  type SchemaObject,
  textsOf,
} from "@keyline/json-schema";

/** A field of an object: everything that is said of it at once, and whether it must be there. */
export interface Field {
  readonly name: string;
  readonly schemas: readonly SchemaObject[];
  readonly isRequired: boolean;
}

/** The fields of an object's schema, in the order in which they are first declared. */
export function fieldsOf(schema: JsonSchema, resolve: Resolve): readonly Field[] {
  const all = conjuncts(schema, resolve);
  const required = new Set(all.flatMap((part) => textsOf(part.required)));
  const found = new Map<string, SchemaObject[]>();
  for (const part of all) {
    for (const [name, inner] of namedSchemasAt(part, "properties"))
      found.set(name, [...(found.get(name) ?? []), ...conjuncts(inner, resolve)]);
  }
  return [...found].map(([name, schemas]) => ({ name, schemas, isRequired: required.has(name) }));
}

/** The field that a path leads to, through objects. */
export function fieldAt(schema: JsonSchema, path: readonly string[], resolve: Resolve): Field | null {
  const [name, ...rest] = path;
  const field = fieldsOf(schema, resolve).find((one) => one.name === name);
  if (!field || rest.length === 0) return field ?? null;
  return fieldAt({ allOf: field.schemas }, rest, resolve);
}

/** The only value that the field can have; undefined where there are several. */
export function onlyValue({ schemas }: Field): Json | undefined {
  for (const schema of schemas) {
    if (schema.const !== undefined) return schema.const;
    const listed = schema.enum;
    if (Array.isArray(listed) && listed.length === 1) return listed[0];
  }
  return undefined;
}

/** Whether the field is a string, of this format where one is given. */
export function isText({ schemas }: Field, format?: string): boolean {
  const isString = schemas.some((schema) => schema.type === "string");
  return isString && (format === undefined || schemas.some((schema) => schema.format === format));
}

/** The format that is said of the field. */
export function formatOf({ schemas }: Field): string | null {
  const said = schemas.map((schema) => schema.format).find((format) => typeof format === "string");
  return said ?? null;
}
