import {
  conjuncts,
  type Json,
  type JsonSchema,
  type JsonType,
  jsonTypes,
  namedSchemasAt,
  type Resolve,
  refName,
  type SchemaObject,
  schemaAt,
  schemasAt,
  textsOf,
} from "@keyline/json-schema";
import { onlyDemanded } from "./only-demanded.js";
import { possibleTypes, speaksForItself, type Types, valuesOf } from "./possible.js";

/** The TypeScript type of a schema's values: what is printed, and what may be asked before. */
export type TypeModel =
  | { readonly kind: "word"; readonly word: "unknown" | "never" | "object" | Exclude<JsonType, "array" | "object"> }
  | { readonly kind: "constant"; readonly value: Json }
  /** The type that a named schema has. */
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "list"; readonly item: TypeModel }
  /** `rest` is null where no further items may come. */
  | { readonly kind: "tuple"; readonly items: readonly TypeModel[]; readonly rest: TypeModel | null }
  | Members
  | { readonly kind: "union"; readonly of: readonly TypeModel[] }
  | { readonly kind: "intersection"; readonly of: readonly TypeModel[] };

/** An object's fields. `others` is the type of fields of any other name; null where the type knows none. */
export interface Members {
  readonly kind: "members";
  readonly fields: readonly Member[];
  readonly others: TypeModel | null;
}

/** A field of an object's type. */
export interface Member {
  readonly name: string;
  readonly type: TypeModel;
  readonly isOptional: boolean;
  /** Whether the field may be there and undefined: JSON text leaves it out. */
  readonly mayBeUndefined: boolean;
  /** What the contract says of it. */
  readonly description: string | null;
  readonly isDeprecated: boolean;
}

export const unknown: TypeModel = { kind: "word", word: "unknown" };
const never: TypeModel = { kind: "word", word: "never" };

const isUnknown = (type: TypeModel) => type.kind === "word" && type.word === "unknown";

/** The type of a schema's values. What a type cannot say (bounds, patterns, conditions) is left to the schema. */
export function typeOfSchema(schema: JsonSchema, resolve: Resolve): TypeModel {
  return typeWithin(schema, null, resolve);
}

/** `within`: types that the surroundings leave possible; null for all. */
function typeWithin(schema: JsonSchema, within: Types | null, resolve: Resolve): TypeModel {
  if (typeof schema === "boolean") return schema ? unknown : never;
  const name = refName(schema);
  if (name !== null) return { kind: "named", name };
  const types = possibleTypes(schema, within, resolve);
  const at = (keyword: string) => schemasAt(schema, keyword).map((part) => typeWithin(part, types, resolve));
  const parts = at("allOf");
  for (const branches of [at("anyOf"), at("oneOf")]) if (branches.length > 0) parts.push(unionOf(branches));
  if (parts.length === 0 || speaksForItself(schema)) parts.unshift(ownType(schema, types, resolve));
  return intersectionOf(parts);
}

/** Any of the types. */
function unionOf(types: readonly TypeModel[]): TypeModel {
  const [only = never, ...others] = types;
  if (others.length === 0) return only;
  return types.some(isUnknown) ? unknown : { kind: "union", of: types };
}

/** All of the types at once. */
export function intersectionOf(types: readonly TypeModel[]): TypeModel {
  const said = types.filter((type) => !isUnknown(type));
  const [only = unknown, ...others] = said;
  return others.length === 0 ? only : { kind: "intersection", of: said };
}

function ownType(schema: SchemaObject, types: Types | null, resolve: Resolve): TypeModel {
  const values = valuesOf(schema, types);
  if (values !== null) return unionOf(values.map((value) => ({ kind: "constant", value })));
  if (types === null) return unknown;
  return unionOf(jsonTypes.filter((type) => types.has(type)).map((type) => typeOfOne(type, schema, resolve)));
}

function typeOfOne(type: JsonType, schema: SchemaObject, resolve: Resolve): TypeModel {
  switch (type) {
    case "array":
      return typeOfArray(schema, resolve);
    case "object":
      return typeOfObject(schema, resolve);
    default:
      return { kind: "word", word: type };
  }
}

function typeOfArray(schema: SchemaObject, resolve: Resolve): TypeModel {
  if (!Array.isArray(schema.items)) {
    return { kind: "list", item: typeWithin(schemaAt(schema, "items") ?? true, null, resolve) };
  }
  const items = schemasAt(schema, "items").map((item) => typeWithin(item, null, resolve));
  const rest = schemaAt(schema, "additionalItems") ?? true;
  return { kind: "tuple", items, rest: rest === false ? null : typeWithin(rest, null, resolve) };
}

function typeOfObject(schema: SchemaObject, resolve: Resolve): TypeModel {
  const required = new Set(textsOf(schema.required));
  const declared = namedSchemasAt(schema, "properties").map(([name, part]): Member => {
    const isOptional = !required.has(name);
    const type = typeWithin(part, null, resolve);
    return { name, type, isOptional, mayBeUndefined: isOptional, ...annotations(part, resolve) };
  });
  const demanded = onlyDemanded(schema).map((name): Member => {
    return { name, type: unknown, isOptional: false, mayBeUndefined: false, description: null, isDeprecated: false };
  });
  const fields = [...declared, ...demanded];
  const additional = schemaAt(schema, "additionalProperties");
  const isOpen = additional !== undefined && additional !== false;
  if (fields.length === 0 && isOpen) {
    return { kind: "members", fields, others: typeWithin(additional, null, resolve) };
  }
  const isPatterned = namedSchemasAt(schema, "patternProperties").length > 0;
  if (fields.length === 0 && !isPatterned) return { kind: "word", word: "object" };
  // No type says that some names have one type and all others another.
  return { kind: "members", fields, others: isOpen || isPatterned ? unknown : null };
}

/** What is said of a field: beside its schema, or by the schemas that it is. */
function annotations(schema: JsonSchema, resolve: Resolve): Pick<Member, "description" | "isDeprecated"> {
  const all = typeof schema === "boolean" ? [] : [schema, ...conjuncts(schema, resolve)];
  const description = all.map((part) => part.description).find((said) => typeof said === "string");
  return { description: description ?? null, isDeprecated: all.some((part) => part.deprecated === true) };
}
