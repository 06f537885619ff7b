import { meantBranch, type Tags, typeOf } from "@keyline/json-schema";
import { z } from "zod";
import { acceptsOf, judging } from "./accept.js";
import { conform } from "./containers.js";
import { issue } from "./scalars.js";

type Outputs<Schemas extends readonly z.ZodType[]> = Schemas extends readonly [
  infer First extends z.ZodType,
  ...infer Rest extends readonly z.ZodType[],
]
  ? z.output<First> & Outputs<Rest>
  : unknown;

/** What fits every schema. */
export function allOf<const Schemas extends readonly [z.ZodType, ...z.ZodType[]]>(
  schemas: Schemas,
): z.ZodType<Outputs<Schemas>> {
  const [first, ...others] = schemas;
  const checks = others.map((schema) => (payload: z.core.ParsePayload) => conform(payload, schema, payload.value));
  const schema = first.check(...(checks as never[])) as unknown as z.ZodType<Outputs<Schemas>>;
  return judging(schema, () => {
    const all = schemas.map(acceptsOf);
    return (value) => all.every((accepts) => accepts(value));
  });
}

type Results = readonly z.ZodSafeParseResult<unknown>[];

/** What is wrong with a value that fits no branch: the findings of the branch that it means, where `tags` tell. */
function fitsNone(payload: z.core.ParsePayload, results: Results, tags: Tags | null): void {
  const meant = tags === null ? null : results[meantBranch(tags, payload.value) ?? -1];
  if (meant?.error) {
    for (const found of meant.error.issues) issue(payload, found.message, found.path);
    return;
  }
  if (tags !== null && typeOf(payload.value) === "object") {
    const names = tags.values.flat().map((value) => JSON.stringify(value));
    issue(payload, `is none of ${names.join(", ")}`, [tags.property]);
    return;
  }
  const errors = results.flatMap(({ error }) => (error ? [error.issues] : []));
  payload.issues.push({ code: "invalid_union", errors, input: payload.value, path: [] });
}

/** What fits at least one schema. `tags`: the field that says which is meant. */
export function anyOf<const Schemas extends readonly [z.ZodType, ...z.ZodType[]]>(
  schemas: Schemas,
  tags: Tags | null = null,
): z.ZodType<z.output<Schemas[number]>> {
  const some = (payload: z.core.ParsePayload) => {
    const results = schemas.map((schema) => schema.safeParse(payload.value));
    if (!results.some(({ success }) => success)) fitsNone(payload, results, tags);
  };
  return judging(z.unknown().check(some as never) as z.ZodType<z.output<Schemas[number]>>, () => {
    const all = schemas.map(acceptsOf);
    return (value) => all.some((accepts) => accepts(value));
  });
}

/** What fits exactly one schema. `tags`: the field that says which is meant. */
export function oneOf<const Schemas extends readonly [z.ZodType, ...z.ZodType[]]>(
  schemas: Schemas,
  tags: Tags | null = null,
): z.ZodType<z.output<Schemas[number]>> {
  // Each schema is asked once: asked twice, a schema that leads back to itself would take 2^depth.
  const only = (payload: z.core.ParsePayload) => {
    const results = schemas.map((schema) => schema.safeParse(payload.value));
    const fitting = results.filter(({ success }) => success).length;
    if (fitting === 0) fitsNone(payload, results, tags);
    else if (fitting > 1) issue(payload, `fits ${fitting} of the schemas and not exactly one`);
  };
  return judging(z.unknown().check(only as never) as z.ZodType<z.output<Schemas[number]>>, () => {
    const all = schemas.map(acceptsOf);
    return (value) => all.filter((accepts) => accepts(value)).length === 1;
  });
}

/** A check: does not fit the schema. */
export function excludes(schema: z.ZodType) {
  return (payload: z.core.ParsePayload): void => {
    if (schema.safeParse(payload.value).success) issue(payload, "fits what it must not");
  };
}

/** A check: fits the schema too. */
export function conforms(schema: z.ZodType) {
  return (payload: z.core.ParsePayload): void => conform(payload, schema, payload.value);
}

/** A check: what fits `condition` fits `then`, everything else `otherwise`. */
export function conditional(condition: z.ZodType, then: z.ZodType | null, otherwise: z.ZodType | null) {
  return (payload: z.core.ParsePayload): void => {
    const branch = condition.safeParse(payload.value).success ? then : otherwise;
    if (branch) conform(payload, branch, payload.value);
  };
}

/** A check: a value of this type fits the schema; one of another type passes. */
export function onlyIf(type: "string" | "number" | "array" | "object", schema: z.ZodType) {
  return (payload: z.core.ParsePayload): void => {
    if (typeOf(payload.value) === type) conform(payload, schema, payload.value);
  };
}
