import { typeOf } from "@keyline/json-schema";
import { z } from "zod";
import { acceptsOf, judging } from "./accept.js";
import { conform } from "./containers.js";
import { issue } from "./scalars.js";
import type { Built, Schema } from "./schema.js";

/** What fits every schema. */
export function allOf(schemas: readonly [Schema, ...Schema[]]): Built {
  const [first, ...others] = schemas;
  const checks = others.map((schema) => (payload: z.core.ParsePayload) => conform(payload, schema, payload.value));
  return judging(first.check(...checks), () => {
    const all = schemas.map(acceptsOf);
    return (value) => all.every((accepts) => accepts(value));
  });
}

/** What fits exactly one schema. */
export function oneOf(schemas: readonly [Schema, ...Schema[]]): Built {
  // Each schema is asked once: asked twice, a schema that leads back to itself would take 2^depth.
  const only = (payload: z.core.ParsePayload) => {
    const results = schemas.map((schema) => schema.safeParse(payload.value));
    const fitting = results.filter(({ success }) => success).length;
    const errors = results.flatMap(({ error }) => (error ? [error.issues] : []));
    if (fitting === 0) payload.issues.push({ code: "invalid_union", errors, input: payload.value, path: [] });
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
    if (schema.safeParse(payload.value).success) issue(payload, "fits what it must not");
  };
}

/** A check: fits the schema too. */
export function conforms(schema: Schema) {
  return (payload: z.core.ParsePayload): void => conform(payload, schema, payload.value);
}

/** A check: what fits `condition` fits `then`, everything else `otherwise`. */
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
