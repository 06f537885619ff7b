import { pathText } from "@keyline/json-schema";
import { z } from "zod";
import type { Built, Schema } from "./schema.js";

/** What a JSON text can say in one word. */
type Scalar = string | number | boolean | null;

// zod's own schemas without the types that it infers.

/** Any JSON value. */
export const unknown: () => Built = z.unknown;
/** No value. */
export const never: () => Built = z.never;
/** `true` or `false`. */
export const boolean: () => Built = z.boolean;
/** A schema that is created at its first use, so that schemas can refer to each other. */
export const lazy: (schema: () => Schema) => Built = z.lazy;
/** The schema, for a field that may be absent. */
export const optional: (schema: Schema) => Built = z.optional;
/** The schema, or null. */
export const nullable: (schema: Schema) => Built = z.nullable;
/** A value that fits at least one of the schemas; the error says why each refuses it. */
export const union = (schemas: readonly [Schema, ...Schema[]]): Built =>
  z.union(schemas, { error: ({ code, errors }) => (code === "invalid_union" ? noneFits(errors) : undefined) });
/** One scalar, or one of several. */
export const literal: (value: Scalar | Scalar[]) => Built = z.literal;

const nothing: () => Built = z.null;
const oneOfTexts: (texts: [string, ...string[]]) => Built = z.enum;

/** Why a value fits none of several schemas, by what is found first in each. */
export const noneFits = (errors: readonly (readonly z.core.$ZodIssue[])[]): string => {
  const reasons = errors.flatMap(([first]) => (first ? [`${pathText(first.path)} ${first.message}`.trim()] : []));
  const told = [...new Set(reasons)].slice(0, 3);
  return `fits none of ${errors.length} alternatives: ${told.join("; or ")}`;
};

export { nothing as null, oneOfTexts as enum };
