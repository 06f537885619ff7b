import { discriminatorOf } from "./discriminator.js";
import { canonicalText, isObject, isSame, type Json } from "./json.js";
import { conjuncts } from "./refs.js";
import { type JsonSchema, namedSchemasAt, type Resolve, type SchemaObject } from "./schema.js";

/** The field that selects a branch of a `oneOf` or `anyOf`, and its values for each branch; no two branches share a value. */
export interface Tags {
  readonly property: string;
  readonly values: readonly (readonly Json[])[];
}

const isScalar = (value: Json) => typeof value !== "object" || value === null;

/** The values that a schema leaves by `const` or `enum`; none where it does not say. */
const constantsOf = (schema: JsonSchema, resolve: Resolve): readonly Json[] => {
  for (const part of conjuncts(schema, resolve)) {
    const values = Object.hasOwn(part, "const") ? [part.const ?? null] : part.enum;
    if (Array.isArray(values) && values.every(isScalar)) return values;
  }
  return [];
};

const fieldsOf = (branch: JsonSchema, resolve: Resolve) =>
  conjuncts(branch, resolve).flatMap((part) => namedSchemasAt(part, "properties"));

/** The constants of a field in a branch. */
const tagsIn = (branch: JsonSchema, property: string, resolve: Resolve): readonly Json[] => {
  const found = fieldsOf(branch, resolve)
    .filter(([name]) => name === property)
    .map(([, field]) => constantsOf(field, resolve));
  return found.find((values) => values.length > 0) ?? [];
};

/** The values of each branch, where all have some and no two have one in common. */
const apart = (
  branches: readonly JsonSchema[],
  valuesIn: (branch: JsonSchema) => readonly Json[],
): readonly (readonly Json[])[] | null => {
  const seen = new Set<string>();
  const all: (readonly Json[])[] = [];
  for (const branch of branches) {
    const values = valuesIn(branch);
    const texts = values.map(canonicalText);
    if (values.length === 0 || texts.some((text) => seen.has(text))) return null;
    for (const text of texts) seen.add(text);
    all.push(values);
  }
  return all;
};

/**
 * The tags of branches: the field that the discriminator names, with its constants or mapped values; without one, the
 * first field that has a constant in every branch. Null if no field distinguishes all branches.
 */
export const tagsOf = (schema: SchemaObject, branches: readonly JsonSchema[], resolve: Resolve): Tags | null => {
  if (branches.length < 2) return null;
  const discriminator = discriminatorOf(schema);
  const properties =
    discriminator === null ? fieldsOf(branches[0] ?? true, resolve).map(([name]) => name) : [discriminator.property];
  const valuesIn = (branch: JsonSchema, property: string) => {
    const constants = tagsIn(branch, property, resolve);
    return constants.length > 0 ? constants : (discriminator?.valuesOf(branch) ?? []);
  };
  for (const property of properties) {
    const values = apart(branches, (branch) => valuesIn(branch, property));
    if (values !== null) return { property, values };
  }
  return null;
};

/** The index of the branch that a value selects; null if it selects none. */
export const meantBranch = ({ property, values }: Tags, value: unknown): number | null => {
  if (!isObject(value) || !Object.hasOwn(value, property)) return null;
  const index = values.findIndex((some) => some.some((one) => isSame(one, value[property])));
  return index === -1 ? null : index;
};
