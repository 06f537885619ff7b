import type { Json, JsonSchema } from "@keyline/contract";
import { rewriteRefs } from "@keyline/contract/source";
import { Ajv, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";
import { isMultipleOf } from "./decimal.js";

// The package is CommonJS: its function is the default export in Node, and a property of that in the types.
const addFormats = addFormatsModule.default;

/** Says whether a value fits a schema, by ajv; null where ajv cannot say. */
export type Judge = (schema: JsonSchema, value: Json) => boolean | null;

/** A judge over a contract's named schemas. Nothing is compiled before it is asked for. */
export const createJudge = (schemas: readonly { readonly name: string; readonly schema: JsonSchema }[]): Judge => {
  let ajv: Ajv | null = null;
  const compiled = new Map<JsonSchema, ValidateFunction>();
  const compile = (schema: JsonSchema): ValidateFunction => {
    ajv ??= createAjv(schemas);
    const known = compiled.get(schema) ?? ajv.compile(rewriteRefs(schema, documentOf));
    compiled.set(schema, known);
    return known;
  };
  return (schema, value) => {
    try {
      return compile(schema)(value) === true;
    } catch {
      return null;
    }
  };
};

const documentOf = (ref: string) => `keyline:/s-${encodeURIComponent(ref.replace(/^#\/schemas\//, ""))}`;

/** ajv as contracts mean JSON Schema: formats asserted, own fields only, `multipleOf` exact in decimal. */
const createAjv = (schemas: readonly { readonly name: string; readonly schema: JsonSchema }[]): Ajv => {
  const ajv = new Ajv({ strict: false, ownProperties: true, validateSchema: false, logger: false });
  addFormats(ajv);
  ajv.removeKeyword("multipleOf");
  ajv.addKeyword({
    keyword: "multipleOf",
    type: "number",
    validate: (factor: number, value: number) => isMultipleOf(value, factor),
  });
  for (const { name, schema } of schemas) ajv.addSchema(rewriteRefs(schema, documentOf), documentOf(name));
  return ajv;
};
