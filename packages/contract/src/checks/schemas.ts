import { type Json, parsePointer, schemaMapKeywords, valueKeywords } from "@keyline/json-schema";
import type { ErrorObject } from "ajv";
import type { Diagnostic } from "../contract.js";
import type { Reading } from "../model/document.js";
import { createPatternCosts, type PatternCost, type PatternCosts } from "../patterns/cost.js";
import type { RuleId } from "../rules/rules.js";
import { type Dialect, dialectNames } from "../schemas/dialects/dialect.js";
import { createWrittenCheck } from "../schemas/dialects/well-formed.js";
import { locatePath } from "../schemas/locate.js";
import type { ConvertedSchema } from "../schemas/registry.js";
import { createSchemaCheck } from "../schemas/validator.js";
import { placeOf, type SourceNode } from "../source/tree.js";

interface Pattern {
  readonly path: readonly string[];
  readonly source: string;
}

const patternAt = (path: readonly string[], source: Json | undefined): readonly Pattern[] =>
  typeof source === "string" ? [{ path, source }] : [];

/** The regular expressions of a schema. */
const patternsIn = (schema: Json, path: readonly string[], names: boolean): readonly Pattern[] => {
  if (schema === null || typeof schema !== "object") return [];
  const own = names ? [] : Object.entries(schema).filter(([key]) => key === "pattern");
  const keys = path.at(-1) === "patternProperties" && names ? Object.keys(schema) : [];
  return [
    ...own.flatMap(([key, value]) => patternAt([...path, key], value)),
    ...keys.flatMap((key) => patternAt([...path, key], key)),
    ...Object.entries(schema)
      .filter(([key]) => names || !valueKeywords.includes(key))
      .flatMap(([key, value]) => patternsIn(value, [...path, key], !names && schemaMapKeywords.includes(key))),
  ];
};

type Advice = Pick<Diagnostic, "message" | "fix"> & { readonly rule: RuleId };

const advice: Readonly<Record<Exclude<PatternCost, "linear">, Advice>> = {
  invalid: {
    rule: "schema-invalid",
    message: "not a valid regular expression",
    fix: "write an ECMA 262 regular expression that compiles with the u flag",
  },
  exponential: {
    rule: "pattern-exponential",
    message: "a text can make this pattern take a time exponential in its length",
    fix: "make one way only to match a text: no repetition in a repetition of the same characters, no alternatives that overlap",
  },
  slow: {
    rule: "pattern-slow",
    message: "a text can make this pattern take a time that grows faster than its length",
    fix: "anchor it with ^, and let neighbouring repetitions have no character in common",
  },
  undecided: {
    rule: "pattern-slow",
    message: "it cannot be decided in time how long this pattern takes",
    fix: "make it shorter, with smaller counts of repetition",
  },
};

const checkPatterns = ({ files, reporter }: Reading, { schema, node }: ConvertedSchema, costOf: PatternCosts): void => {
  for (const { path, source } of patternsIn(schema, [], false)) {
    const cost = costOf(source);
    if (cost === "linear") continue;
    const { rule, message, fix } = advice[cost];
    const text = { message: `${message}: ${JSON.stringify(source)}`, fix };
    reporter.report(rule, locatePath(files, node, path).position, text);
  }
};

interface Malformed {
  readonly error: ErrorObject;
  /** The schema that the error is about. */
  readonly node: SourceNode;
  readonly dialect: Dialect;
}

/** What is wrong with a schema: as it was written, in the words of its own dialect, or as draft 7. */
const createCheck = (): ((one: ConvertedSchema) => Malformed | null) => {
  const writtenError = createWrittenCheck();
  const schemaError = createSchemaCheck();
  return ({ schema, node, written }) => {
    const inItsWords = writtenError(written.node, written.dialect);
    if (inItsWords) return { error: inItsWords, ...written };
    const error = schemaError(schema);
    return error && { error, node, dialect: "draft-07" };
  };
};

/** Checks every schema that messages use. */
export const checkSchemas = (reading: Reading, converted: readonly ConvertedSchema[]): void => {
  const { files, reporter } = reading;
  const malformed = createCheck();
  const costOf = createPatternCosts();
  for (const one of converted) {
    const found = malformed(one);
    if (found) {
      const { error, node, dialect } = found;
      reporter.report("schema-invalid", placeOf(locatePath(files, node, parsePointer(error.instancePath) ?? [])), {
        message: `not a valid JSON Schema: ${error.instancePath || "it"} ${error.message ?? "is malformed"}`,
        fix: `write it as ${dialectNames[dialect]} has it`,
      });
    }
    checkPatterns(reading, one, costOf);
  }
};
