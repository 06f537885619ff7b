import { isObject, isSame, type Json, type JsonObject, lengthOf, typeOf } from "@keyline/json-schema";

// What draft 4 and OpenAPI 3.0 say of a value, word by word as their texts have it: slow, and without any of our own code
// that reads a schema.

interface Within {
  readonly root: JsonObject;
  readonly knowsNullable: boolean;
}

type Says = (within: Within, schema: JsonObject, value: Json) => boolean;

const number = (word: Json | undefined): number | null => (typeof word === "number" ? word : null);

const hasType = (name: Json, value: Json): boolean =>
  name === "integer" ? Number.isInteger(value) : name === typeOf(value);

const type: Says = ({ knowsNullable }, schema, value) => {
  if (schema.type === undefined) return true;
  return hasType(schema.type, value) || (knowsNullable && schema.nullable === true && value === null);
};

const enumeration: Says = (_, schema, value) =>
  !Array.isArray(schema.enum) || schema.enum.some((one) => isSame(one, value));

const numbers: Says = (_, schema, value) => {
  if (typeof value !== "number") return true;
  const least = number(schema.minimum);
  const most = number(schema.maximum);
  if (least !== null && (schema.exclusiveMinimum === true ? value <= least : value < least)) return false;
  return most === null || (schema.exclusiveMaximum === true ? value < most : value <= most);
};

const texts: Says = (_, schema, value) =>
  typeof value !== "string" || lengthOf(value) >= (number(schema.minLength) ?? 0);

const lists: Says = (within, schema, value) => {
  if (!Array.isArray(value)) return true;
  if (value.length > (number(schema.maxItems) ?? Number.POSITIVE_INFINITY)) return false;
  const { items } = schema;
  return value.every((item: Json, index) => {
    if (!Array.isArray(items)) return naiveFits(within, items ?? true, item);
    return naiveFits(within, index < items.length ? items[index] : (schema.additionalItems ?? true), item);
  });
};

const dependencies: Says = (within, schema, value) =>
  !isObject(value) ||
  !isObject(schema.dependencies) ||
  Object.entries(schema.dependencies).every(
    ([name, demanded]) =>
      !Object.hasOwn(value, name) ||
      (Array.isArray(demanded)
        ? demanded.every((one) => Object.hasOwn(value, String(one)))
        : naiveFits(within, demanded, value)),
  );

const objects: Says = (within, schema, value) => {
  if (!isObject(value)) return true;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return (
    Object.keys(value).length >= (number(schema.minProperties) ?? 0) &&
    required.every((name) => Object.hasOwn(value, String(name))) &&
    Object.entries(value).every(([name, one]) =>
      naiveFits(
        within,
        Object.hasOwn(properties, name) ? properties[name] : (schema.additionalProperties ?? true),
        one,
      ),
    )
  );
};

const combined: Says = (within, schema, value) => {
  const fitting = (keyword: string): readonly boolean[] | null => {
    const parts = schema[keyword];
    return Array.isArray(parts) ? parts.map((part: Json) => naiveFits(within, part, value)) : null;
  };
  const one = fitting("oneOf");
  return (
    (fitting("allOf") ?? []).every(Boolean) &&
    (fitting("anyOf") ?? [true]).some(Boolean) &&
    (one === null || one.filter(Boolean).length === 1) &&
    (schema.not === undefined || !naiveFits(within, schema.not, value))
  );
};

/** Whether a value fits a schema of draft 4 or OpenAPI 3.0. */
export const naiveFits = (within: Within, schema: Json | undefined, value: Json): boolean => {
  if (!isObject(schema)) return schema !== false;
  if (typeof schema.$ref === "string") {
    const definitions = within.root.definitions;
    return naiveFits(
      within,
      isObject(definitions) ? definitions[schema.$ref.slice("#/definitions/".length)] : true,
      value,
    );
  }
  return [type, enumeration, numbers, texts, lists, dependencies, objects, combined].every((says) =>
    says(within, schema, value),
  );
};
