import {
  declaredTypes,
  dependenciesOf,
  isSchema,
  type JsonSchema,
  namedSchemasAt,
  type SchemaObject,
  schemaAt,
  schemasAt,
  schemasIn,
  textsOf,
} from "./schema.js";

// What a writer may write beside its schema: only the fields that some part of the schema declares.

/** The subschemas that apply to the same value: a field that one of them declares is declared. */
export const branchesOf = (schema: SchemaObject): readonly JsonSchema[] => [
  ...["allOf", "anyOf", "oneOf"].flatMap((keyword) => schemasAt(schema, keyword)),
  ...schemasIn(schema, ["if", "then", "else"]),
  ...dependenciesOf(schema).flatMap(([, demanded]) => (isSchema(demanded) ? [demanded] : [])),
];

/**
 * The fields of a value that are declared by its schema and by the schemas around it; null if none of them declares fields.
 * `known`: the fields that the schemas around it declare; null if they declare none.
 */
export const namesAround = (schema: SchemaObject, known: ReadonlySet<string> | null): ReadonlySet<string> | null => {
  const own = namedSchemasAt(schema, "properties").map(([name]) => name);
  return known !== null || declaresFields(schema) ? new Set([...(known ?? []), ...own]) : null;
};

/** Fields that are required but not declared: a writer has to write them too. */
export const demandedNames = (schema: SchemaObject, known: ReadonlySet<string> | null): readonly string[] => {
  if (known === null) return [];
  const demanded = [schema.required, ...dependenciesOf(schema).map(([, names]) => names)].flatMap(textsOf);
  return [...new Set(demanded)].filter((name) => !known.has(name));
};

/** Whether the schema or a part of it declares fields; `required` alone declares none. */
const declaresFields = (schema: JsonSchema): boolean => {
  if (typeof schema === "boolean") return false;
  if (schema.$ref !== undefined) return true;
  const own = ["properties", "patternProperties"].some((keyword) => namedSchemasAt(schema, keyword).length > 0);
  return own || schemaAt(schema, "additionalProperties") !== undefined || branchesOf(schema).some(declaresFields);
};

/** The schemas of array items that may be objects or arrays, for any position. */
export const itemSchemas = (schema: SchemaObject): readonly JsonSchema[] => {
  const schemas = Array.isArray(schema.items)
    ? [...schemasAt(schema, "items"), ...schemasIn(schema, ["additionalItems"])]
    : schemasIn(schema, ["items"]);
  return schemas.filter(mayHoldFields);
};

const mayHoldFields = (schema: JsonSchema): boolean => {
  if (typeof schema === "boolean") return schema;
  const types = declaredTypes(schema);
  return types === null || types.has("object") || types.has("array");
};
