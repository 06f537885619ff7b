import { canonicalText, isMultipleOf, isSame, type JsonSchema, refName, rewriteRefs } from "@keyline/json-schema";
import { Ajv, type ErrorObject, type KeywordDefinition, str, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";
import { meantError } from "./meant-error.js";

/** A schema and the name that references give it. */
interface NamedSchema {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** Validates values against schemas whose references have the form `#/schemas/<name>`. */
export interface Validator {
  /** Compiles a schema now instead of at its first value, so that later calls take only the time of the value. */
  prepare(schema: JsonSchema): void;
  /**
   * The first error of a value; for a `oneOf` or `anyOf`, that of the branch that the value means. Null if it is valid,
   * or if ajv cannot decide.
   */
  firstError(schema: JsonSchema, value: unknown): ErrorObject | null;
  /** Whether a value matches; null if ajv cannot decide. */
  fits(schema: JsonSchema, value: unknown): boolean | null;
}

// The package is CommonJS: its function is the default export in Node, and a property of that in the types.
const addFormats = addFormatsModule.default;

const hasDuplicate = (items: readonly unknown[]): boolean => new Set(items.map(canonicalText)).size < items.length;

/**
 * What ajv judges otherwise than the SDK: multiples in doubles, and values by methods that a field may replace (it calls one
 * named `toString`, and takes one named `constructor` for an object's class).
 */
const ownKeywords: readonly (KeywordDefinition & { readonly keyword: string })[] = [
  {
    keyword: "multipleOf",
    type: "number",
    validate: (factor: number, value: number) => isMultipleOf(value, factor),
    error: { message: ({ schemaCode }) => str`must be multiple of ${schemaCode}` },
  },
  {
    keyword: "const",
    validate: (wanted: unknown, value: unknown) => isSame(wanted, value),
    error: { message: "must be equal to constant" },
  },
  {
    keyword: "enum",
    validate: (wanted: readonly unknown[], value: unknown) => wanted.some((one) => isSame(one, value)),
    error: { message: "must be equal to one of the allowed values" },
  },
  {
    keyword: "uniqueItems",
    type: "array",
    validate: (wanted: boolean, items: readonly unknown[]) => !wanted || !hasDuplicate(items),
    error: { message: "must NOT have duplicate items" },
  },
];

/** ajv as contracts mean JSON Schema, and as the SDK has it: formats asserted, own fields only, exact decimals. */
const createAjv = (): Ajv => {
  // Its passes over the code that it writes take half of the time of compiling, and V8 does the same where it matters.
  const code = { optimize: false };
  const ajv = new Ajv({ strict: false, ownProperties: true, validateSchema: false, logger: false, code });
  addFormats(ajv);
  for (const own of ownKeywords) {
    ajv.removeKeyword(own.keyword);
    ajv.addKeyword(own);
  }
  return ajv;
};

// Each schema is a document of its own, since ajv compiles the fragments of a shared one again for every root.
const documentOf = (name: string) => `keyline:/s-${encodeURIComponent(name)}`;

/**
 * Compiles schemas when values of them are first seen.
 * Invariant: `compiled` holds what ajv said of each schema that was asked for; once a chain of references was too long for
 * the stack, no schema is compiled any more, since trying it from each schema takes too long.
 */
const createCompiler = (schemas: readonly NamedSchema[]): ((schema: JsonSchema) => ValidateFunction | null) => {
  const compiled = new Map<JsonSchema, ValidateFunction | null>();
  let ajv: Ajv | null = null;
  let isExhausted = false;
  const compile = (schema: JsonSchema): ValidateFunction | null => {
    if (isExhausted) return null;
    try {
      ajv ??= ajvOver(schemas);
      const name = refName(schema);
      const named = name === null ? undefined : ajv.getSchema(documentOf(name));
      return (named as ValidateFunction | undefined) ?? ajv.compile(rewriteRefs(schema, documentOf));
    } catch (error) {
      isExhausted = error instanceof RangeError;
      return null;
    }
  };
  return (schema) => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const validate = compile(schema);
    compiled.set(schema, validate);
    return validate;
  };
};

const ajvOver = (schemas: readonly NamedSchema[]): Ajv => {
  const ajv = createAjv();
  for (const { name, schema } of schemas) ajv.addSchema(rewriteRefs(schema, documentOf), documentOf(name));
  return ajv;
};

/** Creates a validator over named schemas; nothing is compiled before it is used. */
export const createValidator = (schemas: readonly NamedSchema[]): Validator => {
  const compile = createCompiler(schemas);
  const byName = new Map(schemas.map(({ name, schema }) => [name, schema]));
  const validated = (schema: JsonSchema, value: unknown): ValidateFunction["errors"] => {
    const validate = compile(schema);
    try {
      return validate === null ? undefined : validate(value) ? null : validate.errors;
    } catch {
      // It calls fields named `valueOf`, and values may be nested deeper than the stack.
      return undefined;
    }
  };
  return {
    prepare: (schema) => void compile(schema),
    firstError: (schema, value) =>
      meantError(
        schema,
        value,
        (name) => byName.get(name),
        (part, at) => {
          const errors = validated(part, at);
          return errors === undefined ? undefined : (errors?.[0] ?? null);
        },
      ),
    fits: (schema, value) => {
      const errors = validated(schema, value);
      return errors === undefined ? null : errors === null;
    },
  };
};

/** What is wrong with a schema as JSON Schema draft 7; null where it is well-formed. */
export const createSchemaCheck = (): ((schema: JsonSchema) => ErrorObject | null) => {
  const ajv = createAjv();
  return (schema) => (ajv.validateSchema(schema) === true ? null : (ajv.errors?.[0] ?? null));
};
