import { z } from "zod";
import { type Accepts, acceptsOf, askZod, judging } from "./accept.js";
import { counted } from "./counted.js";
import { allDifferent } from "./equal.js";
import { issue } from "./scalars.js";
import type { Built, Schema } from "./schema.js";

/** JSON Schema's keywords for objects, beside `properties`. */
export interface ObjectKeywords {
  /** Required names that have no schema of their own. */
  readonly required?: readonly string[];
  /** The schema of names that are neither declared nor match a pattern; false refuses them. */
  readonly additional?: Schema | false;
  /** Schemas by regular expression; each applies to every name that it matches. */
  readonly patterns?: Readonly<Record<string, Schema>>;
  readonly names?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  /** What a present name demands: other names, or a schema of the whole object. */
  readonly dependencies?: Readonly<Record<string, readonly string[] | Schema>>;
}

/** JSON Schema's keywords for arrays, beside `items`. */
export interface ArrayKeywords {
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly contains?: Schema;
}

/**
 * zod's object, but what comes out is what went in: zod copies fields into a new object and loses one named
 * `__proto__` on the way, which a check could then neither find nor refuse.
 */
const ExactObject = z.core.$constructor<z.ZodObject>("KeylineObject", (schema, definition) => {
  z.ZodObject.init(schema, definition);
  const parse = schema._zod.parse;
  const restore = (payload: z.core.ParsePayload, input: unknown) => {
    if (typeof input === "object" && input !== null) payload.value = input;
    return payload;
  };
  schema._zod.parse = (payload, context) => {
    const input = payload.value;
    const parsed = parse(payload, context);
    return parsed instanceof Promise ? parsed.then((done) => restore(done, input)) : restore(parsed, input);
  };
});

/** The schemas of an object's fields, by name. */
type Fields = Readonly<Record<string, Schema>>;

/** An object that keeps fields it does not declare, as JSON Schema does. */
export function object(fields: Fields, keywords: ObjectKeywords = {}): Built {
  const checks = objectChecks(fields, keywords);
  const plain = Object.fromEntries(Object.entries(fields).filter(([name]) => !isInherited(name)));
  const exact = new ExactObject(z.looseObject(plain)._zod.def);
  const schema = checks.length === 0 ? exact : exact.check(...(checks as never[]));
  return judging(schema, () => objectJudge(fields, keywords, askZod(schema)));
}

/** How an object of fields judges; null where its keywords are rare, or its names traps. */
function objectJudge(
  shape: Readonly<Record<string, Schema>>,
  keywords: ObjectKeywords,
  whole: Accepts,
): Accepts | null {
  const { required = [], additional, patterns, names, minProperties, maxProperties, dependencies } = keywords;
  const rare = [patterns, names, minProperties, maxProperties, dependencies];
  if (rare.some((keyword) => keyword !== undefined)) return null;
  if (Object.keys(shape).some(isInherited)) return null;
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    accepts: acceptsOf(schema),
    isOptional: schema instanceof z.ZodOptional,
  }));
  const fitsOther = additional === undefined ? null : additional === false ? () => false : acceptsOf(additional);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    for (const { name, accepts, isOptional } of fields) {
      const field = (value as Record<string, unknown>)[name];
      // Of a field that is missing zod knows more than its schema: some accept even that.
      if (field === undefined && !isOptional) return whole(value);
      if (field !== undefined && !accepts(field)) return false;
    }
    for (const name of required) if (!has(value, name)) return false;
    return fitsOther === null || fitsAll(value, shape, fitsOther);
  };
}

const fitsAll = (value: object, shape: object, accepts: Accepts) =>
  Object.entries(value).every(([name, field]) => Object.hasOwn(shape, name) || accepts(field));

/** An object that says itself that more fields may come: they fit `additional`. */
export function openObject(fields: Fields, additional: Schema, keywords: ObjectKeywords = {}): Built {
  return object(fields, { ...keywords, additional });
}

/** An object of any names whose values fit one schema. */
export function record(value: Schema, keywords: ObjectKeywords = {}): Built {
  return openObject({}, value, keywords);
}

/** An array whose items all fit one schema. */
export function array(item: Schema, keywords: ArrayKeywords = {}): Built {
  const checks = arrayChecks(keywords);
  const schema = z.array(item);
  return checks.length === 0 ? schema : schema.check(...(checks as never[]));
}

/** An array whose first items each fit a schema of their own, as far as it reaches; the rest fit `rest`. */
export function tuple(items: readonly Schema[], rest: Schema | false, keywords: ArrayKeywords = {}): Built {
  const each = (payload: Payload) => {
    (payload.value as unknown[]).forEach((value, index) => {
      const schema = items[index] ?? rest;
      if (schema === false) issue(payload, "is one item too many", [index]);
      else conform(payload, schema, value, [index]);
    });
  };
  return z.array(z.unknown()).check(...([each, ...arrayChecks(keywords)] as never[]));
}

type Payload = z.core.ParsePayload;
type Check = (payload: Payload) => void;

/** Passes on what a schema finds. */
export function conform(payload: Payload, schema: Schema, value: unknown, path: PropertyKey[] = []): void {
  const result = schema.safeParse(value);
  for (const found of result.error?.issues ?? []) issue(payload, found.message, [...path, ...found.path]);
}

/** Whether a field is there: one that is undefined has no JSON text. */
const has = (value: object, name: string): boolean =>
  Object.hasOwn(value, name) && (value as Record<string, unknown>)[name] !== undefined;

/** Names that every object inherits: zod would take the inherited value for the field's. */
const isInherited = (name: string) => name in Object.prototype;

function objectChecks(shape: Readonly<Record<string, Schema>>, keywords: ObjectKeywords): Check[] {
  const { required = [], patterns = {}, additional, names, minProperties, maxProperties, dependencies } = keywords;
  const inherited = Object.entries(shape).filter(([name]) => isInherited(name));
  const expressions = Object.entries(patterns).map(([source, schema]) => [new RegExp(source, "u"), schema] as const);
  const checks: Check[] = [];
  for (const [name, schema] of inherited) {
    checks.push((payload) => {
      const value = payload.value as Record<string, unknown>;
      if (Object.hasOwn(value, name)) conform(payload, schema, value[name], [name]);
      else if (!schema.safeParse(undefined).success) issue(payload, "is missing", [name]);
    });
  }
  for (const name of required) {
    checks.push((payload) => {
      if (!has(payload.value as object, name)) issue(payload, "is missing", [name]);
    });
  }
  if (expressions.length > 0 || additional !== undefined) {
    checks.push((payload) => checkOthers(payload, shape, expressions, additional));
  }
  if (names) {
    checks.push((payload) => {
      for (const name of Object.keys(payload.value as object)) conform(payload, names, name, [name]);
    });
  }
  if (minProperties !== undefined || maxProperties !== undefined) {
    checks.push((payload) => {
      const count = Object.keys(payload.value as object).length;
      if (minProperties !== undefined && count < minProperties)
        issue(payload, `has fewer than ${counted(minProperties, "field")}`);
      if (maxProperties !== undefined && count > maxProperties)
        issue(payload, `has more than ${counted(maxProperties, "field")}`);
    });
  }
  if (dependencies) checks.push((payload) => checkDependencies(payload, dependencies));
  return checks;
}

function checkOthers(
  payload: Payload,
  shape: Readonly<Record<string, Schema>>,
  expressions: readonly (readonly [RegExp, Schema])[],
  additional: Schema | false | undefined,
) {
  for (const [name, value] of Object.entries(payload.value as object)) {
    const matching = expressions.filter(([expression]) => expression.test(name));
    for (const [, schema] of matching) conform(payload, schema, value, [name]);
    if (matching.length > 0 || additional === undefined || Object.hasOwn(shape, name)) continue;
    if (additional === false) issue(payload, "is not declared", [name]);
    else conform(payload, additional, value, [name]);
  }
}

function checkDependencies(payload: Payload, dependencies: Readonly<Record<string, readonly string[] | Schema>>) {
  const value = payload.value as object;
  for (const [name, demanded] of Object.entries(dependencies)) {
    if (!has(value, name)) continue;
    if (!isNames(demanded)) conform(payload, demanded, value);
    else for (const other of demanded) if (!has(value, other)) issue(payload, `is missing beside ${name}`, [other]);
  }
}

const isNames = (demanded: readonly string[] | Schema): demanded is readonly string[] => Array.isArray(demanded);

function arrayChecks({ minItems, maxItems, uniqueItems, contains }: ArrayKeywords): Check[] {
  const checks: Check[] = [];
  const items = (payload: Payload) => payload.value as unknown[];
  if (minItems !== undefined)
    checks.push(
      (payload) =>
        void (items(payload).length < minItems && issue(payload, `has fewer than ${counted(minItems, "item")}`)),
    );
  if (maxItems !== undefined)
    checks.push(
      (payload) =>
        void (items(payload).length > maxItems && issue(payload, `has more than ${counted(maxItems, "item")}`)),
    );
  if (uniqueItems) checks.push((payload) => void (allDifferent(items(payload)) || issue(payload, "has an item twice")));
  if (contains) {
    checks.push(
      (payload) =>
        void (
          items(payload).some((item) => contains.safeParse(item).success) ||
          issue(payload, "has no item of the kind that it must contain")
        ),
    );
  }
  return checks;
}
