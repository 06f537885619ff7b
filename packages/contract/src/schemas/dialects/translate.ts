import { foreignKeywords, schemaKeywords, schemaListKeywords, schemaMapKeywords } from "@keyline/json-schema";
import { entries, entry, type MapNode, type SourceNode, text } from "../../source/tree.js";
import { type Dialect, dialectNames, dialectOfSchemaUri, readsBesideRef } from "./dialect.js";
import {
  besideRef,
  containedCounts,
  dependents,
  prefixItems,
  unevaluatedItems,
  unevaluatedProperties,
} from "./new-words.js";
import { exclusiveBounds, noNullable, nullable, ownAddress, singleItems, singleType } from "./old-words.js";
import { isRefusal, type Refusal, type Rewrite, refuse, type Words, without } from "./words.js";

/** Words of draft 7 that a dialect does not know, so that they say nothing there: certainly not what is meant. */
const unknown =
  (dialect: Dialect, keywords: readonly string[], fix: string): Rewrite =>
  (words) => {
    const found = keywords.find((keyword) => words.has(keyword));
    const at = found === undefined ? undefined : words.get(found);
    if (found === undefined || at === undefined) return words;
    return refuse(at, `${found} is not a keyword of ${dialectNames[dialect]}`, fix);
  };

/** Keywords of draft 3, which no label makes readable: what says the same in draft 7. */
const ofDraft3: ReadonlyMap<string, string> = new Map([
  ["extends", "allOf"],
  ["disallow", "not"],
  ["divisibleBy", "multipleOf"],
]);

const notHere = (keyword: string, dialect: Dialect): readonly [message: string, fix: string] => {
  if (/^\$(dynamic|recursive)Ref$/.test(keyword))
    return [`${keyword} has no equal in JSON Schema draft 7`, "write a $ref in its place"];
  const instead = ofDraft3.get(keyword);
  const since = instead === undefined ? "of a later draft" : "of JSON Schema draft 3";
  return [
    `${keyword} is a keyword ${since}, not of ${dialectNames[dialect]}`,
    instead === undefined
      ? "label the schema application/schema+json;version=draft-2020-12: payload: { schemaFormat, schema } in AsyncAPI 3, schemaFormat beside payload in 2"
      : `write ${instead} in place of ${keyword}`,
  ];
};

/** Assertions that are left when all others are written as draft 7 has them. */
const untold =
  (dialect: Dialect): Rewrite =>
  (words) => {
    for (const [keyword, at] of words)
      if (foreignKeywords.has(keyword)) return refuse(at, ...notHere(keyword, dialect));
    return words;
  };

/** Words that say nothing of a value. */
const silent: Rewrite = (words) => without(words, "contentSchema", "$recursiveAnchor", "$dynamicAnchor", "$vocabulary");

const relabel = (label: string) => `label the schema ${label}, or say it by keywords that its dialect has`;

const ofDraft6 = ["const", "contains", "propertyNames"];
const ofDraft7 = ["if", "then", "else"];
const notInOpenApi3 = [...ofDraft6, ...ofDraft7, "patternProperties", "dependencies", "additionalItems"];

const later: readonly Rewrite[] = [silent, noNullable, unevaluatedProperties];
const latest = (dialect: Dialect): readonly Rewrite[] => [
  unknown(dialect, ["dependencies"], "write dependentRequired or dependentSchemas"),
  ...later,
  unevaluatedItems("prefixItems"),
  prefixItems,
  containedCounts,
  dependents,
  besideRef,
  untold(dialect),
];

/** What is written otherwise in draft 7, in the order in which it is looked for. */
const rewrites: Readonly<Record<Dialect, readonly Rewrite[]>> = {
  asyncapi: [untold("asyncapi")],
  "draft-04": [
    unknown("draft-04", [...ofDraft6, ...ofDraft7], relabel("application/schema+json;version=draft-07")),
    noNullable,
    ownAddress,
    exclusiveBounds,
    untold("draft-04"),
  ],
  "draft-06": [
    unknown("draft-06", ofDraft7, relabel("application/schema+json;version=draft-07")),
    noNullable,
    untold("draft-06"),
  ],
  "draft-07": [noNullable, untold("draft-07")],
  "2019-09": [
    unknown("2019-09", ["dependencies"], "write dependentRequired or dependentSchemas"),
    ...later,
    unevaluatedItems("items"),
    containedCounts,
    dependents,
    besideRef,
    untold("2019-09"),
  ],
  "2020-12": latest("2020-12"),
  "openapi-3.0": [
    unknown("openapi-3.0", notInOpenApi3, relabel("application/vnd.oai.openapi;version=3.1.0")),
    singleType,
    singleItems,
    nullable,
    exclusiveBounds,
    untold("openapi-3.0"),
  ],
  "openapi-3.1": latest("openapi-3.1"),
};

/** A schema in the words of draft 7, and the keywords in it that cannot be said so. */
export interface Translation {
  readonly node: SourceNode;
  readonly refusals: readonly Refusal[];
  /** What the schema is written in, by its own `$schema` where it has one. */
  readonly dialect: Dialect;
}

type Inner = (schema: SourceNode) => SourceNode;

const eachItem = (value: SourceNode, inner: Inner): SourceNode => {
  if (value.kind !== "list") return value;
  const items = value.items.map(inner);
  return items.every((item, index) => item === value.items[index]) ? value : { ...value, items };
};

const eachEntry = (value: SourceNode, map: (child: SourceNode, key: string) => SourceNode): SourceNode => {
  if (value.kind !== "map") return value;
  const pairs = [...value.entries].map(([key, child]): readonly [string, SourceNode] => [key, map(child, key)]);
  return pairs.every(([key, child]) => child === value.entries.get(key))
    ? value
    : { ...value, entries: new Map(pairs) };
};

const inner =
  (translateOne: Inner) =>
  (value: SourceNode, keyword: string): SourceNode => {
    if (schemaMapKeywords.includes(keyword)) return eachEntry(value, translateOne);
    if (value.kind === "list") return schemaListKeywords.includes(keyword) ? eachItem(value, translateOne) : value;
    return schemaKeywords.includes(keyword) ? translateOne(value) : value;
  };

/**
 * The schema in a Multi Format Schema Object; undefined for a schema that is none. AsyncAPI lets such an object leave out its
 * format: then it has its `schema` alone.
 */
export const wrappedIn = (node: SourceNode): SourceNode | undefined => {
  const schema = entry(node, "schema");
  const isLabelled = text(entry(node, "schemaFormat")) !== null;
  const isAlone = () => entries(node).every(([key]) => key === "schema" || key.startsWith("x-"));
  return schema && (isLabelled || (schema.kind === "map" && isAlone())) ? schema : undefined;
};

/** The words of draft 7. The first word without one there is reported, since others may follow from it. */
const ownWords = (schema: MapNode, dialect: Dialect, refusals: Refusal[]): Words => {
  let words: Words = without(schema.entries, "$schema");
  // In these dialects a `$ref` is all that its schema says.
  if (text(words.get("$ref")) !== null && !readsBesideRef(dialect)) return words;
  for (const rewrite of rewrites[dialect]) {
    const rewritten = rewrite(words, schema);
    if (isRefusal(rewritten)) {
      refusals.push(rewritten);
      return words;
    }
    words = rewritten;
  }
  return words;
};

const labelled = (schema: MapNode, dialect: Dialect, refusals: Refusal[]): Dialect => {
  const at = entry(schema, "$schema");
  const uri = text(at);
  const own = uri === null ? undefined : dialectOfSchemaUri(uri);
  if (at && own === null)
    refusals.push(
      refuse(
        at,
        `$schema ${JSON.stringify(uri)} is a draft of JSON Schema that cannot be generated`,
        "write the schema in a draft from 4 to 2020-12, and name that in $schema",
      ),
    );
  return own ?? dialect;
};

const translateMap = (schema: MapNode, from: Dialect): Translation => {
  const refusals: Refusal[] = [];
  const dialect = labelled(schema, from, refusals);
  const words = ownWords(schema, dialect, refusals);
  const translateOne: Inner = (child) => {
    const translation = translate(child, dialect);
    refusals.push(...translation.refusals);
    return translation.node;
  };
  const rewritten = words === schema.entries ? schema : { ...schema, entries: words };
  const node = eachEntry(rewritten, inner(translateOne));
  const carries = dialect !== "asyncapi" && text(words.get("$ref")) !== null && node.kind === "map";
  return { node: carries ? { ...node, dialect } : node, refusals, dialect };
};

// Invariant: what is kept for a node and a dialect is what `translateMap` makes of them, the same node each time.
const known = new WeakMap<SourceNode, Map<Dialect, Translation>>();

/**
 * A schema as JSON Schema draft 7 says it, with the places where it was written. A `$ref` in it remembers the dialect, since
 * what it leads to is written in the same one, if it does not say otherwise itself. What is draft 7 already is the same node.
 */
export const translate = (node: SourceNode, dialect: Dialect): Translation => {
  if (node.kind !== "map" || wrappedIn(node)) return { node, refusals: [], dialect };
  const before = known.get(node)?.get(dialect);
  if (before) return before;
  const translation = translateMap(node, dialect);
  known.set(node, (known.get(node) ?? new Map<Dialect, Translation>()).set(dialect, translation));
  return translation;
};
