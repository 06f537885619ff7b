import { meantBranch, type Tags, typeOf } from "@keyline/json-schema";
import { z } from "zod";
import { acceptsOf, judging } from "./accept.js";
import { conform } from "./containers.js";
import { noneFits } from "./plain.js";
import { issue } from "./scalars.js";
import type { Built, Schema } from "./schema.js";

/** A value that fits every schema. */
export function allOf(schemas: readonly [Schema, ...Schema[]]): Built {
  const [first, ...others] = schemas;
  const checks = others.map((schema) => (payload: z.core.ParsePayload) => conform(payload, schema, payload.value));
  return judging(first.check(...checks), () => {
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
  payload.issues.push({ code: "invalid_union", errors, input: payload.value, path: [], message: noneFits(errors) });
}

/** A value that fits at least one schema. `tags`: the field that selects the schema. */
export function anyOf(schemas: readonly [Schema, ...Schema[]], tags: Tags | null = null): Built {
  const some = (payload: z.core.ParsePayload) => {
    const results = schemas.map((schema) => schema.safeParse(payload.value));
    if (!results.some(({ success }) => success)) fitsNone(payload, results, tags);
  };
  return judging(z.unknown().check(some), () => {
    const all = schemas.map(acceptsOf);
    return (value) => all.some((accepts) => accepts(value));
  });
}

/** A value that fits exactly one schema. `tags`: the field that selects the schema. */
export function oneOf(schemas: readonly [Schema, ...Schema[]], tags: Tags | null = null): Built {
  // Each schema is asked once: asked twice, a schema that leads back to itself would take 2^depth.
  const only = (payload: z.core.ParsePayload) => {
    const results = schemas.map((schema) => schema.safeParse(payload.value));
    const fitting = results.filter(({ success }) => success).length;
    if (fitting === 0) fitsNone(payload, results, tags);
    else if (fitting > 1) issue(payload, `fits ${fitting} of the schemas and not exactly one`);
  };
  return judging(z.unknown().check(only), () => {
    const all = schemas.map(acceptsOf);
    return (value) => all.filter((accepts) => accepts(value)).length === 1;
  });
}

/** A check: does not fit the schema. */
export function excludes(schema: Schema) {
  return (payload: z.core.ParsePayload): void => {
    if (schema.safeParse(payload.value).success) issue(payload, "matches a schema that it must not match");
  };
}

/** A check: fits the schema too. */
export function conforms(schema: Schema) {
  return (payload: z.core.ParsePayload): void => conform(payload, schema, payload.value);
}

/** A check: a value that fits `condition` fits `then`, any other value fits `otherwise`. */
export function conditional(condition: Schema, then: Schema | null, otherwise: Schema | null) {
  return (payload: z.core.ParsePayload): void => {
    const branch = condition.safeParse(payload.value).success ? then : otherwise;
    if (branch) conform(payload, branch, payload.value);
  };
}

/** A check: a value of this type fits the schema; one of another type passes. */
export function onlyIf(type: "string" | "number" | "array" | "object", schema: Schema) {
  return (payload: z.core.ParsePayload): void => {
    if (typeOf(payload.value) === type) conform(payload, schema, payload.value);
  };
}
