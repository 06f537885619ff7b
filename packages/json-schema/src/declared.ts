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

/** Everything that speaks of the same value: what any of it declares is declared. */
export const branchesOf = (schema: SchemaObject): readonly JsonSchema[] => [
  ...["allOf", "anyOf", "oneOf"].flatMap((keyword) => schemasAt(schema, keyword)),
  ...schemasIn(schema, ["if", "then", "else"]),
  ...dependenciesOf(schema).flatMap(([, demanded]) => (isSchema(demanded) ? [demanded] : [])),
];

/**
 * Names that are declared of the value, by the schema and those around it; null where nothing is.
 * `known`: names that the schemas around declare of the same value; null where none declares any.
 */
export const namesAround = (schema: SchemaObject, known: ReadonlySet<string> | null): ReadonlySet<string> | null => {
  const own = namedSchemasAt(schema, "properties").map(([name]) => name);
  return known !== null || declaresFields(schema) ? new Set([...(known ?? []), ...own]) : null;
};

/** Names that are demanded without a schema beside others that have one: a writer could not do without them. */
export const demandedNames = (schema: SchemaObject, known: ReadonlySet<string> | null): readonly string[] => {
  if (known === null) return [];
  const demanded = [schema.required, ...dependenciesOf(schema).map(([, names]) => names)].flatMap(textsOf);
  return [...new Set(demanded)].filter((name) => !known.has(name));
};

/** Whether the schema or a part of it says anything of fields, but that they must be there. */
const declaresFields = (schema: JsonSchema): boolean => {
  if (typeof schema === "boolean") return false;
  if (schema.$ref !== undefined) return true;
  const own = ["properties", "patternProperties"].some((keyword) => namedSchemasAt(schema, keyword).length > 0);
  return own || schemaAt(schema, "additionalProperties") !== undefined || branchesOf(schema).some(declaresFields);
};

/** The schemas of items that may have fields, whatever their position. */
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
