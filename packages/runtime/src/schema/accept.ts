import type { z } from "zod";

/** Whether a value fits a schema. */
export type Accepts = (value: unknown) => boolean;

/**
 * How schemas that this package makes judge, made when they are first asked: a recursive one is not whole before.
 *
 * Invariant: what is `made` for a schema says of every value what zod says of it.
 */
const makers = new WeakMap<z.core.$ZodType, () => Accepts | null>();
const made = new WeakMap<z.core.$ZodType, Accepts>();

/** Says how a schema judges, beside zod; null where zod alone knows. */
export function judging<Schema extends object>(schema: Schema & z.core.$ZodType, make: () => Accepts | null): Schema {
  makers.set(schema, make);
  return schema;
}

/**
 * Whether values match a schema, without zod's findings, which cost an object for each field of each event. It gives
 * the same verdict as zod on every value; for a schema that it does not know, it calls zod.
 */
export function acceptsOf(schema: z.ZodType): Accepts {
  const known = made.get(schema);
  if (known) return known;
  // A schema that leads back to itself asks while it is being made: it asks again when it judges.
  made.set(schema, (value) => acceptsOf(schema)(value));
  const accepts = makers.get(schema)?.() ?? plainly(schema) ?? askZod(schema);
  made.set(schema, accepts);
  return accepts;
}

/** Whether a schema is zod's, which `acceptsOf` can judge quickly. */
export const isZod = (schema: object): schema is z.ZodType => "_zod" in schema;

/** As zod says. */
export const askZod =
  (schema: z.ZodType): Accepts =>
  (value) =>
    schema.safeParse(value).success;

/** What generated code takes from zod as it is. One with checks is another schema, which only zod knows. */
function plainly(schema: z.ZodType): Accepts | null {
  const { def } = (schema as unknown as z.core.$ZodTypes)._zod;
  if ((def.checks?.length ?? 0) > 0) return null;
  switch (def.type) {
    case "string":
      return "format" in def ? null : (value) => typeof value === "string";
    case "number":
      return "format" in def ? null : isFiniteNumber;
    case "boolean":
      return (value) => typeof value === "boolean";
    case "null":
      return (value) => value === null;
    case "unknown":
      return () => true;
    case "never":
      return () => false;
    case "literal":
      return isOneOf(def.values);
    case "enum":
      return isOneOf(Object.values(def.entries));
    case "optional":
      return orElse(undefined, def.innerType);
    case "nullable":
      return orElse(null, def.innerType);
    case "union":
      return fitsAny(def.options);
    case "array":
      return isArrayOf(def.element);
    case "lazy":
      return (value) => acceptsOf(typeOf(def.getter()))(value);
    default:
      return null;
  }
}

const typeOf = (schema: z.core.$ZodType) => schema as z.ZodType;

export const isFiniteNumber: Accepts = (value) => typeof value === "number" && Number.isFinite(value);

function isOneOf(values: readonly unknown[]): Accepts {
  const all = new Set(values);
  return (value) => all.has(value);
}

function orElse(other: null | undefined, inner: z.core.$ZodType): Accepts {
  const accepts = acceptsOf(typeOf(inner));
  return (value) => value === other || accepts(value);
}

function fitsAny(schemas: readonly z.core.$ZodType[]): Accepts {
  const all = schemas.map((schema) => acceptsOf(typeOf(schema)));
  return (value) => all.some((accepts) => accepts(value));
}

function isArrayOf(item: z.core.$ZodType): Accepts {
  const accepts = acceptsOf(typeOf(item));
  return (value) => {
    if (!Array.isArray(value)) return false;
    // Holes too, which `every` passes over.
    for (const one of value) if (!accepts(one)) return false;
    return true;
  };
}
