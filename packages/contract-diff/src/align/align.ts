import { type JsonSchema, refName, refTo, rewriteRefs, type SchemaObject, unreadKeyword } from "@keyline/json-schema";
import { reachText } from "../schema/reach.js";
import { alignBranches } from "./branches.js";
import { type Aligning, type Edit, type Here, type SchemaVersion, tell } from "./edits.js";
import { alignFields } from "./fields.js";
import { alignOthers } from "./others.js";
import type { Outcome } from "./outcome.js";
import { alignParts } from "./parts.js";
import { alignScalars } from "./scalars.js";

/** The old schemas with some edits of the new ones made. */
export interface Mixed {
  readonly schema: JsonSchema;
  readonly schemas: readonly { readonly name: string; readonly schema: JsonSchema }[];
}

/** Names that no contract has. */
const newName = (name: string) => `new ${name}`;
const fromNew = (schema: JsonSchema): JsonSchema => rewriteRefs(schema, (name) => `#/schemas/${newName(name)}`);

/** Compares two schemas: reports every edit, and makes on the old one those that `take` wants. */
export const alignSchemas = (
  before: SchemaVersion & { readonly schema: JsonSchema },
  after: SchemaVersion & { readonly schema: JsonSchema },
  here: Here,
  take: (edit: Edit) => boolean,
): Mixed => {
  const aligning: Aligning = { before, after, take, pairs: new Map(), mixed: new Map() };
  const schema = align(aligning, before.schema, after.schema, here);
  const renamed = after.schemas.map((one) => ({ name: newName(one.name), schema: fromNew(one.schema) }));
  const mixed = [...aligning.mixed].map(([name, one]) => ({ name, schema: one }));
  return { schema, schemas: [...before.schemas, ...renamed, ...mixed] };
};

/** Follows references to the schema itself. */
const follow = (version: SchemaVersion, schema: JsonSchema): JsonSchema => {
  let at = schema;
  for (const seen = new Set<JsonSchema>(); !seen.has(at); ) {
    seen.add(at);
    const name = refName(at);
    at = (name === null ? undefined : version.resolve(name)) ?? at;
  }
  return at;
};

const align = (aligning: Aligning, before: JsonSchema, after: JsonSchema, here: Here): JsonSchema => {
  const { pairs, mixed } = aligning;
  if (reachText(before, aligning.before.resolve) === reachText(after, aligning.after.resolve)) return before;
  const isReference = (schema: JsonSchema) => typeof schema === "object" && schema.$ref !== undefined;
  if (!isReference(before) && !isReference(after)) return alignHere(aligning, before, after, here);
  const [old, fresh] = [follow(aligning.before, before), follow(aligning.after, after)];
  const known = pairs.get(old)?.get(fresh);
  if (known !== undefined) return refTo(known);
  const name = `mixed ${mixed.size} ${pairs.size}`;
  pairs.set(old, (pairs.get(old) ?? new Map<JsonSchema, string>()).set(fresh, name));
  mixed.set(name, true);
  const schemaName = refName(after) ?? refName(before);
  const place = { position: aligning.after.placeOf(fresh, []), before: aligning.before.placeOf(old, []) };
  mixed.set(
    name,
    alignHere(aligning, old, fresh, {
      ...here,
      ...(schemaName === null ? {} : { fields: [], whole: `schema ${schemaName}` }),
      position: place.position ?? here.position,
      before: place.before ?? here.before,
    }),
  );
  return refTo(name);
};

const alignHere = (aligning: Aligning, before: JsonSchema, after: JsonSchema, here: Here): JsonSchema => {
  const isWhole = (schema: SchemaObject) => schema.$ref !== undefined || isUnread(schema);
  if (typeof before === "boolean" || typeof after === "boolean" || isWhole(before) || isWhole(after))
    return replaced(aligning, before, after, here);
  const outcome: Outcome = {
    here,
    schemas: [before, after],
    result: new Map(Object.entries(before)),
    tell: (found) => tell(aligning, here, [before, after], found),
    inner: (old, fresh, fields = []) =>
      align(aligning, old, fresh, {
        ...here,
        path: [...here.path, ...fields],
        fields: [...here.fields, ...fields],
        position: aligning.after.placeOf(fresh, []) ?? aligning.after.placeOf(after, []) ?? here.position,
        before: aligning.before.placeOf(old, []) ?? aligning.before.placeOf(before, []) ?? here.before,
      }),
    taken: fromNew,
  };
  alignScalars(outcome);
  alignFields(outcome);
  alignParts(outcome);
  for (const keyword of ["allOf", "anyOf", "oneOf"]) alignBranches(outcome, keyword);
  alignOthers(outcome);
  return Object.fromEntries(outcome.result);
};

const isUnread = (schema: JsonSchema) => typeof schema === "object" && Object.hasOwn(schema, unreadKeyword);

const replaced = (aligning: Aligning, before: JsonSchema, after: JsonSchema, here: Here): JsonSchema => {
  let schema = before;
  const apply = () => {
    schema = fromNew(after);
  };
  tell(aligning, here, [before, after], {
    rule: "schema-changed",
    says: isUnread(before) || isUnread(after) ? "is in a language or place that is not read" : "has another schema",
    at: [],
    was: [],
    apply,
  });
  return schema;
};
