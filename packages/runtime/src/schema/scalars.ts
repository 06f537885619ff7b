import { isMultipleOf, isSame, lengthOf, numberFormats } from "@keyline/json-schema";
import { z } from "zod";
import { type Accepts, isFiniteNumber, judging } from "./accept.js";
import { counted } from "./counted.js";
import { stringFormats } from "./formats.js";
import type { Built, Schema } from "./schema.js";

/** JSON Schema's keywords for strings; lengths are in code points. */
export interface StringKeywords {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** An ECMAScript regular expression, read with the flag `u`, not anchored. */
  readonly pattern?: string;
  readonly format?: string;
}

/** JSON Schema's keywords for numbers. */
export interface NumberKeywords {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly format?: string;
}

/** A finding of a check, put where zod puts its own. */
export const issue = (payload: z.core.ParsePayload, message: string, path: PropertyKey[] = []): void => {
  payload.issues.push({ code: "custom", message, path, input: payload.value });
};

/** A string. */
export function string(keywords: StringKeywords = {}): Built {
  const { minLength, maxLength, pattern, format } = keywords;
  const checks: ((text: string) => string | null)[] = [];
  if (minLength !== undefined)
    checks.push((text) => (isShorter(text, minLength) ? `shorter than ${counted(minLength, "character")}` : null));
  if (maxLength !== undefined)
    checks.push((text) => (isShorter(text, maxLength + 1) ? null : `longer than ${counted(maxLength, "character")}`));
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, "u");
    checks.push((text) => (expression.test(text) ? null : `does not match ${pattern}`));
  }
  const isFormat = format !== undefined && Object.hasOwn(stringFormats, format) ? stringFormats[format] : undefined;
  if (isFormat) checks.push((text) => (isFormat(text) ? null : `is not a valid ${format}`));
  return checked(z.string(), checks, (value) => typeof value === "string");
}

/** A number, whole or not. */
export function number(keywords: NumberKeywords = {}): Built {
  return checked(z.number(), numberChecks(keywords), isFiniteNumber);
}

/** A number without a fraction, of any size: 1.0 and 1e300 are integers. */
export function integer(keywords: NumberKeywords = {}): Built {
  const isInteger = (value: number) => (Number.isInteger(value) ? null : "is not an integer");
  return checked(z.number(), [isInteger, ...numberChecks(keywords)], isFiniteNumber);
}

/** Exactly this JSON value, whatever the order of an object's fields. */
export function constant(value: unknown): Built {
  const isValue = (other: unknown) => isSame(value, other);
  const schema = z.custom(isValue, { message: `is not ${JSON.stringify(value)}` });
  return judging(schema, () => isValue);
}

function numberChecks(keywords: NumberKeywords): ((value: number) => string | null)[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format } = keywords;
  const checks: ((value: number) => string | null)[] = [];
  if (minimum !== undefined) checks.push((value) => (value < minimum ? `is below ${minimum}` : null));
  if (maximum !== undefined) checks.push((value) => (value > maximum ? `is above ${maximum}` : null));
  if (exclusiveMinimum !== undefined)
    checks.push((value) => (value <= exclusiveMinimum ? `is not above ${exclusiveMinimum}` : null));
  if (exclusiveMaximum !== undefined)
    checks.push((value) => (value >= exclusiveMaximum ? `is not below ${exclusiveMaximum}` : null));
  if (multipleOf !== undefined)
    checks.push((value) => (isMultipleOf(value, multipleOf) ? null : `is not a multiple of ${multipleOf}`));
  const isFormat = format === undefined ? undefined : numberFormats.get(format);
  if (isFormat) checks.push((value) => (isFormat(value) ? null : `is not a valid ${format}`));
  return checks;
}

function checked(schema: Schema, checks: readonly ((value: never) => string | null)[], isOfType: Accepts): Schema {
  if (checks.length === 0) return schema;
  const check = (payload: z.core.ParsePayload) => {
    for (const find of checks) {
      const found = find(payload.value as never);
      if (found !== null) issue(payload, found);
    }
  };
  const holds = (value: unknown) => isOfType(value) && checks.every((find) => find(value as never) === null);
  return judging(schema.check(check), () => holds);
}

/** Whether a text has fewer code points. Each is one or two of the units that its length counts: mostly, that tells. */
function isShorter(text: string, codePoints: number): boolean {
  if (text.length < codePoints) return true;
  if (text.length >= 2 * codePoints) return false;
  return lengthOf(text) < codePoints;
}
