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
export const union: (schemas: readonly [Schema, ...Schema[]]) => Built = z.union;
export const literal: (value: Scalar | Scalar[]) => Built = z.literal;

const nothing: () => Built = z.null;
const oneOfTexts: (texts: [string, ...string[]]) => Built = z.enum;

export { nothing as null, oneOfTexts as enum };
