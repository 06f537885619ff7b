import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";
import type { ContractSchema, JsonSchema } from "../contract.js";
import { rewriteRefs } from "./rewrite-refs.js";

/** Validates values against schemas whose references have the form `#/schemas/<name>`. */
export interface Validator {
  /** The first error of a value; null where it is valid, or where the schema itself is unusable. */
  firstError(schema: JsonSchema, value: unknown): ErrorObject | null;
}

// The package is CommonJS: its function is the default export in Node, and a property of that in the types.
const addFormats = addFormatsModule.default;

const createAjv = () => {
  const ajv = new Ajv({ strict: false, ownProperties: true, validateSchema: false, logger: false });
  addFormats(ajv);
  return ajv;
};

// Each schema is a document of its own, since ajv compiles the fragments of a shared one again for every root.
const documentOf = (ref: string) => `keyline:/s-${ref.replace(/^#\/schemas\//, "")}`;

/** Compiles schemas until a chain of references is too long for the stack: trying it from each schema takes too long. */
const createCompiler = (ajv: Ajv) => {
  let isExhausted = false;
  return (schema: JsonSchema): ValidateFunction | null => {
    if (isExhausted) return null;
    try {
      return ajv.compile(rewriteRefs(schema, documentOf));
    } catch (error) {
      isExhausted = error instanceof RangeError;
      return null;
    }
  };
};

/** A validator over named schemas; a schema is compiled when a value of it is first seen. */
export const createValidator = (schemas: readonly ContractSchema[]): Validator => {
  const ajv = createAjv();
  for (const { name, schema } of schemas) ajv.addSchema(rewriteRefs(schema, documentOf), documentOf(name));
  const compile = createCompiler(ajv);
  const compiled = new Map<JsonSchema, ValidateFunction | null>();
  return {
    firstError: (schema, value) => {
      if (!compiled.has(schema)) compiled.set(schema, compile(schema));
      const validate = compiled.get(schema);
      return validate && !validate(value) ? (validate.errors?.[0] ?? null) : null;
    },
  };
};

/** What is wrong with a schema as JSON Schema draft 7; null where it is well-formed. */
export const createSchemaCheck = (): ((schema: JsonSchema) => ErrorObject | null) => {
  const ajv = createAjv();
  return (schema) => (ajv.validateSchema(schema) === true ? null : (ajv.errors?.[0] ?? null));
};
