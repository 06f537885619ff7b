import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";
import type { ContractSchema, Json, JsonSchema } from "../contract.js";

/** Validates values against schemas whose references have the form `#/schemas/<name>`. */
export interface Validator {
  /** The first error of a value; null where it is valid, or where the schema itself is unusable. */
  firstError(schema: JsonSchema, value: Json): ErrorObject | null;
}

const documentId = "contract";

// The package is CommonJS: its function is the default export in Node, and a property of that in the types.
const addFormats = addFormatsModule.default;

const createAjv = () => {
  const ajv = new Ajv({ strict: false, ownProperties: true, validateSchema: false, logger: false });
  addFormats(ajv);
  return ajv;
};

const compile = (ajv: Ajv, index: number): ValidateFunction | null => {
  try {
    return ajv.compile({ $ref: `${documentId}#/roots/${index}` });
  } catch {
    return null;
  }
};

/** A validator for `roots`; each is compiled when a value of it is first seen. */
export const createValidator = (schemas: readonly ContractSchema[], roots: readonly JsonSchema[]): Validator => {
  const ajv = createAjv();
  const named = Object.fromEntries(schemas.map(({ name, schema }) => [name, schema]));
  ajv.addSchema({ $id: documentId, schemas: named, roots });
  const compiled = new Map<JsonSchema, ValidateFunction | null>();
  return {
    firstError: (schema, value) => {
      if (!compiled.has(schema)) compiled.set(schema, compile(ajv, roots.indexOf(schema)));
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
