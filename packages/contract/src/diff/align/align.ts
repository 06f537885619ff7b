import type { Json, JsonSchema } from "../../contract.js";
import { rewriteRefs } from "../../schemas/rewrite-refs.js";
import { unreadKeyword } from "../../schemas/unread.js";
import { canonicalText, isSame } from "../schema/json.js";
import { foreignKeywords, refName, type SchemaObject, schemaAt, schemasAt } from "../schema/keywords.js";
import { reachText } from "../schema/reach.js";
import { type Aligning, type Edit, type Found, type Here, type SchemaVersion, tell } from "./edits.js";
import { alignFields } from "./fields.js";
import { alignScalars } from "./scalars.js";

/** Changes one outcome under way: the old schema with the edits that are wanted. */
export interface Outcome {
  readonly here: Here;
  readonly schemas: readonly [SchemaObject, SchemaObject];
  readonly result: Map<string, Json>;
  tell(found: Found): void;
  /** The outcome for a part of both. */
  inner(before: JsonSchema, after: JsonSchema, fields?: readonly string[]): JsonSchema;
  /** A part of the new schema, for the outcome. */
  taken(after: JsonSchema): JsonSchema;
}

/** The old schemas with some edits of the new ones made. */
export interface Mixed {
  readonly schema: JsonSchema;
  readonly schemas: readonly { readonly name: string; readonly schema: JsonSchema }[];
}

/** Names that no contract has. */
const newName = (name: string) => `new ${name}`;
const fromNew = (schema: JsonSchema): JsonSchema =>
  rewriteRefs(schema, (ref) => ref.replace("#/schemas/", `#/schemas/${newName("")}`));

/** Compares two schemas: tells of every edit, and makes those that `take` wants on the old one. */
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
  if (known !== undefined) return { $ref: `#/schemas/${known}` };
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
  return { $ref: `#/schemas/${name}` };
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

/** Keywords with one schema. */
const partKeywords = ["not", "if", "then", "else", "contains", "additionalItems", "propertyNames"];

const alignParts = (outcome: Outcome): void => {
  for (const keyword of partKeywords) alignPart(outcome, keyword);
  alignItems(outcome);
};

const alignPart = (outcome: Outcome, keyword: string): void => {
  const [before, after] = outcome.schemas;
  const [old, fresh] = [schemaAt(before, keyword), schemaAt(after, keyword)];
  if (old !== undefined && fresh !== undefined) outcome.result.set(keyword, outcome.inner(old, fresh));
  else if (old !== undefined || fresh !== undefined) replaceKeyword(outcome, keyword);
};

const alignItems = (outcome: Outcome): void => {
  const [before, after] = outcome.schemas;
  const [old, fresh] = [schemasAt(before, "items"), schemasAt(after, "items")];
  const areTuples = Array.isArray(before.items) && Array.isArray(after.items);
  if (areTuples && old.length === fresh.length) {
    outcome.result.set(
      "items",
      old.map((part, index) => outcome.inner(part, fresh[index] ?? true)),
    );
  } else if (!Array.isArray(before.items) && !Array.isArray(after.items)) alignPart(outcome, "items");
  else replaceKeyword(outcome, "items");
};

/** The outcome gets all of a keyword from the new schema, or loses it. */
const replaceKeyword = (outcome: Outcome, keyword: string): void => {
  const { schemas, result } = outcome;
  const [before, after] = schemas;
  const has = [before, after].map((schema) => Object.hasOwn(schema, keyword));
  const says = has[0] ? (has[1] ? `has another ${keyword}` : `has no ${keyword} any longer`) : `has a new ${keyword}`;
  const apply = () => {
    const wrapped = fromNew({ [keyword]: after[keyword] ?? null });
    if (has[1] && typeof wrapped === "object") result.set(keyword, wrapped[keyword] ?? null);
    else result.delete(keyword);
  };
  outcome.tell({ rule: "schema-changed", says, at: has[1] ? [keyword] : [], was: has[0] ? [keyword] : null, apply });
};

/** Pairs the branches: those that are the same first, the others in their order. */
const pairBranches = (
  before: readonly JsonSchema[],
  after: readonly JsonSchema[],
  text: (one: JsonSchema) => string,
) => {
  const left = [...after];
  const partners = before.map((old): JsonSchema | undefined => {
    const at = left.findIndex((fresh) => text(fresh) === text(old));
    return at < 0 ? undefined : left.splice(at, 1)[0];
  });
  const pairs = before.map((old, index) => ({ old, index, fresh: partners[index] ?? left.shift() }));
  return { pairs, added: left };
};

const alignBranches = (outcome: Outcome, keyword: string): void => {
  const [before, after] = outcome.schemas;
  const [old, fresh] = [schemasAt(before, keyword), schemasAt(after, keyword)];
  if (old.length === 0 && fresh.length === 0) return;
  if (old.length === 0 || fresh.length === 0) {
    replaceKeyword(outcome, keyword);
    return;
  }
  const isAlternative = keyword !== "allOf";
  const { pairs, added } = pairBranches(old, fresh, canonicalText);
  const kept = pairs.map(({ old: branch, fresh: partner, index }): JsonSchema | null => {
    if (partner !== undefined) return outcome.inner(branch, partner);
    let isGone = false;
    const apply = () => {
      isGone = true;
    };
    const rule = isAlternative ? "branch-removed" : "schema-changed";
    outcome.tell({
      rule,
      says: `has a branch of ${keyword} less`,
      at: [keyword],
      was: [keyword, String(index)],
      apply,
    });
    return isGone ? null : branch;
  });
  const branches = kept.filter((one) => one !== null);
  for (const branch of added) {
    const apply = () => branches.push(outcome.taken(branch));
    const rule = isAlternative ? "branch-added" : "schema-changed";
    const index = String(fresh.indexOf(branch));
    outcome.tell({ rule, says: `has a branch of ${keyword} more`, at: [keyword, index], was: null, apply });
  }
  outcome.result.set(keyword, branches);
};

const annotations: ReadonlySet<string> = new Set([
  ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"],
  ...["contentEncoding", "contentMediaType", "externalDocs", "discriminator"],
]);

/** Whether a keyword only tells people something. */
const isAnnotation = (keyword: string) => annotations.has(keyword) || keyword.startsWith("x-");

const alignOthers = (outcome: Outcome): void => {
  const [before, after] = outcome.schemas;
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keywords.filter((keyword) => !isSame(before[keyword], after[keyword]));
  for (const keyword of changed)
    if (keyword === "uniqueItems" || foreignKeywords.has(keyword)) replaceKeyword(outcome, keyword);
  const told = changed.filter(isAnnotation);
  const [first] = told;
  if (first === undefined) return;
  const at = Object.hasOwn(after, first) ? [first] : [];
  const was = Object.hasOwn(before, first) ? [first] : [];
  const says = `has another ${told.join(", ")}`;
  outcome.tell({ rule: "documentation-changed", says, at, was, apply: () => {} });
};
