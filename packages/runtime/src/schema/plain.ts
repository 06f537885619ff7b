import { pathText } from "@keyline/json-schema";
import { z } from "zod";
import type { Built, Schema } from "./schema.js";

/** What a JSON text can say in one word. */
type Scalar = string | number | boolean | null;

// zod's own schemas without the types that it infers.

export const unknown: () => Built = z.unknown;
export const never: () => Built = z.never;
export const boolean: () => Built = z.boolean;
export const lazy: (schema: () => Schema) => Built = z.lazy;
export const optional: (schema: Schema) => Built = z.optional;
export const nullable: (schema: Schema) => Built = z.nullable;
export const union = (schemas: readonly [Schema, ...Schema[]]): Built =>
  z.union(schemas, { error: ({ code, errors }) => (code === "invalid_union" ? noneFits(errors) : undefined) });
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
