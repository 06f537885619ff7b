import { type Json, parsePointer } from "@keyline/json-schema";
import type { Reading } from "../model/document.js";
import { locatePath } from "../schemas/locate.js";
import type { ConvertedSchema } from "../schemas/registry.js";
import { createSchemaCheck } from "../schemas/validator.js";

const dataKeywords: ReadonlySet<string> = new Set(["enum", "const", "default", "examples"]);
const nameKeywords: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependencies"]);

interface BadPattern {
  readonly path: readonly string[];
  readonly pattern: string;
}

const isUsable = (pattern: string): boolean => {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
};

const bad = (path: readonly string[], pattern: Json | undefined): readonly BadPattern[] =>
  typeof pattern === "string" && !isUsable(pattern) ? [{ path, pattern }] : [];

/** Regular expressions that do not compile; the meta-schema cannot tell. */
const badPatterns = (schema: Json, path: readonly string[], names: boolean): readonly BadPattern[] => {
  if (schema === null || typeof schema !== "object") return [];
  const own = names ? [] : Object.entries(schema).filter(([key]) => key === "pattern");
  const keys = path.at(-1) === "patternProperties" && names ? Object.keys(schema) : [];
  return [
    ...own.flatMap(([key, value]) => bad([...path, key], value)),
    ...keys.flatMap((key) => bad([...path, key], key)),
    ...Object.entries(schema)
      .filter(([key]) => names || !dataKeywords.has(key))
      .flatMap(([key, value]) => badPatterns(value, [...path, key], !names && nameKeywords.has(key))),
  ];
};

/** Checks every schema that messages use. */
export const checkSchemas = ({ files, reporter }: Reading, converted: readonly ConvertedSchema[]): void => {
  const schemaError = createSchemaCheck();
  for (const { schema, node } of converted) {
    const error = schemaError(schema);
    if (error) {
      reporter.report("schema-invalid", locatePath(files, node, parsePointer(error.instancePath) ?? []).position, {
        message: `no valid JSON Schema: ${error.instancePath || "it"} ${error.message ?? "is malformed"}`,
        fix: "write it as JSON Schema draft 7 has it",
      });
    }
    for (const { path, pattern } of badPatterns(schema, [], false)) {
      reporter.report("schema-invalid", locatePath(files, node, path).position, {
        message: `no valid regular expression: ${JSON.stringify(pattern)}`,
        fix: "write an ECMA 262 regular expression that compiles with the u flag",
      });
    }
  }
};
