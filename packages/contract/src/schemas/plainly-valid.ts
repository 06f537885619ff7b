import {
  isObject,
  isSame,
  isSchema,
  type Json,
  type JsonSchema,
  lengthOf,
  meantBranch,
  namedSchemasAt,
  ownValue,
  type Resolve,
  refName,
  type SchemaObject,
  schemasAt,
  tagsOf,
  textsOf,
  typeOf,
  writtenTypes,
} from "@keyline/json-schema";
import type { Format } from "ajv";
import { fullFormats } from "ajv-formats/dist/formats.js";

// ajv compiles each schema to a function, a millisecond or more: half of the time of reading a large contract, most of whose examples
// are valid, and by a few keywords. What is not plainly valid is left to it, with its words.

type Fits = (schema: JsonSchema, value: Json) => boolean;
type Keyword = (schema: SchemaObject, value: Json, fits: Fits, resolve: Resolve) => boolean;

const always: Keyword = () => true;

const number =
  (holds: (value: number, limit: number) => boolean) =>
  (limit: Json | undefined, value: number): boolean =>
    typeof limit === "number" && holds(value, limit);

const atLeast = number((value, limit) => value >= limit);
const atMost = number((value, limit) => value <= limit);
const above = number((value, limit) => value > limit);
const below = number((value, limit) => value < limit);

const isOfType: Keyword = (schema, value) => {
  const names = writtenTypes(schema) ?? [];
  return names.includes(typeOf(value)) || (names.includes("integer") && Number.isInteger(value));
};

const hasFormat: Keyword = ({ format: name }, value) => {
  const format: Format | undefined = typeof name === "string" ? ownValue<Format>(fullFormats, name) : undefined;
  if (format === undefined || format === true || typeof format === "string") return format !== "string";
  const isPlain = format instanceof RegExp || typeof format === "function";
  const judge = isPlain ? format : format.validate;
  if (typeof value !== (isPlain ? "string" : (format.type ?? "string"))) return true;
  return judge instanceof RegExp
    ? judge.test(String(value))
    : typeof judge === "function" && judge(value as never) === true;
};

const fitsFields: Keyword = (schema, value, fits) =>
  !isObject(value) ||
  namedSchemasAt(schema, "properties").every(([name, part]) => {
    const field = ownValue(value, name);
    return field === undefined || fits(part, field);
  });

const fitsOthers: Keyword = (schema, value, fits) => {
  const { properties, additionalProperties: others = true } = schema;
  if (!isObject(value)) return true;
  const isOther = (name: string) => !(isObject(properties) && Object.hasOwn(properties, name));
  return isSchema(others) && Object.entries(value).every(([name, field]) => !isOther(name) || fits(others, field));
};

const fitsItems: Keyword = ({ items = true }, value, fits) =>
  !Array.isArray(value) || (isSchema(items) && value.every((item: Json) => fits(items, item)));

/** Where a constant tells all branches apart, no other than the one that it means can fit. */
const fitsMeant: Keyword = ({ discriminator: _, ...schema }, value, fits, resolve) => {
  const branches = schemasAt(schema, "oneOf");
  const tags = tagsOf(schema, branches, resolve);
  const index = tags === null ? null : meantBranch(tags, value);
  return index !== null && fits(branches[index] ?? false, value);
};

const annotations = [
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
  "discriminator",
];

/** Every keyword that is known here. `pattern` is not: it may take any time. */
const keywords: Readonly<Record<string, Keyword>> = {
  ...Object.fromEntries([...annotations, "nullable"].map((keyword) => [keyword, always])),
  type: isOfType,
  format: hasFormat,
  const: ({ const: wanted }, value) => isSame(wanted, value),
  enum: ({ enum: wanted }, value) => Array.isArray(wanted) && wanted.some((one) => isSame(one, value)),
  minimum: ({ minimum }, value) => typeof value !== "number" || atLeast(minimum, value),
  maximum: ({ maximum }, value) => typeof value !== "number" || atMost(maximum, value),
  exclusiveMinimum: ({ exclusiveMinimum }, value) => typeof value !== "number" || above(exclusiveMinimum, value),
  exclusiveMaximum: ({ exclusiveMaximum }, value) => typeof value !== "number" || below(exclusiveMaximum, value),
  minLength: ({ minLength }, value) => typeof value !== "string" || atLeast(minLength, lengthOf(value)),
  maxLength: ({ maxLength }, value) => typeof value !== "string" || atMost(maxLength, lengthOf(value)),
  minItems: ({ minItems }, value) => !Array.isArray(value) || atLeast(minItems, value.length),
  maxItems: ({ maxItems }, value) => !Array.isArray(value) || atMost(maxItems, value.length),
  required: ({ required }, value) => !isObject(value) || textsOf(required).every((name) => Object.hasOwn(value, name)),
  properties: fitsFields,
  additionalProperties: fitsOthers,
  items: fitsItems,
  allOf: (schema, value, fits) => schemasAt(schema, "allOf").every((part) => fits(part, value)),
  anyOf: (schema, value, fits) => schemasAt(schema, "anyOf").some((part) => fits(part, value)),
  oneOf: fitsMeant,
};

/** Deeper than contracts are written, and than a stack overflows. */
const deepest = 200;
const tooDeep = new Error("schemas in a circle, or a value that is nested too deeply");

/**
 * Whether a value is valid and that is plain to see. False says nothing: it may be valid by keywords that are not known here, or
 * too deep to be looked at.
 */
export const isPlainlyValid = (schema: JsonSchema, value: Json, resolve: Resolve): boolean => {
  let depth = 0;
  const fitsHere: Fits = (part, at) => {
    if (typeof part === "boolean") return part;
    const name = refName(part);
    const target = name === null ? undefined : resolve(name);
    if (target !== undefined) return Object.keys(part).length === 1 && fits(target, at);
    return Object.keys(part).every(
      (keyword) => keyword.startsWith("x-") || (ownValue(keywords, keyword)?.(part, at, fits, resolve) ?? false),
    );
  };
  const fits: Fits = (part, at) => {
    if (depth === deepest) throw tooDeep;
    depth += 1;
    const isValid = fitsHere(part, at);
    depth -= 1;
    return isValid;
  };
  try {
    return fits(schema, value);
  } catch (error) {
    // Thrown, so that branches in a circle are not tried one after the other at each depth.
    if (error === tooDeep) return false;
    throw error;
  }
};
