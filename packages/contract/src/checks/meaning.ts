import { knownKeywords, nearest, schemaKeywords, schemaListKeywords, schemaMapKeywords } from "@keyline/json-schema";
import type { Reading } from "../model/document.js";
import { deref, refText, resolveRef } from "../refs/resolve.js";
import type { ConvertedSchema } from "../schemas/registry.js";
import { entries, entry, items, type MapNode, type SourceNode } from "../source/tree.js";

// Schemas that are valid and say nothing, where their author believes that they do: any value is valid by them.

/** Words that are too short to be meant by one with a slip: `note` is not `not`. */
const guessable = [...knownKeywords].filter((keyword) => keyword.length > 3 && !["then", "else"].includes(keyword));

/** The keyword that a word is likely to mean. A short word with two slips is another word. */
const meantBy = (word: string): string | null => {
  const limit = word.length < 6 ? 1 : 2;
  return nearest(word, guessable, limit) ?? guessable.find((one) => one.toLowerCase() === word.toLowerCase()) ?? null;
};

const isWord = (key: string) => !knownKeywords.has(key) && !key.startsWith("x-");

/** `a`, `a and b`, `a, b and 3 more`. */
const listed = (names: readonly string[]): string => {
  const [first = "", second, ...others] = names;
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more`;
};

const isSchemaLike = (node: SourceNode) => entries(node).some(([key]) => knownKeywords.has(key));

/** Maps of an author's own names below a schema, which are likely to be its fields. */
const fieldsFix = (words: readonly (readonly [string, SourceNode])[]): string =>
  words.every(([, value]) => isSchemaLike(value))
    ? "put them below properties, if they are the fields of an object"
    : "write keywords of JSON Schema, or begin these names with x-";

const checkWords = ({ reporter }: Reading, node: MapNode) => {
  const words = entries(node).filter(([key]) => isWord(key));
  const meant = words.flatMap(([word, value]) => {
    const keyword = meantBy(word);
    return keyword === null || entry(node, keyword) ? [] : [{ word, keyword, value }];
  });
  const saysNothing = words.length > 0 && entries(node).every(([key]) => isWord(key));
  const [first] =
    meant.length > 0 ? meant.map(({ value }) => value) : saysNothing ? words.map(([, value]) => value) : [];
  if (!first) return;
  const names = meant.length > 0 ? meant.map(({ word }) => word) : words.map(([word]) => word);
  const are = names.length === 1 ? "is not a keyword" : "are not keywords";
  const so = saysNothing ? ", so any value is valid" : "";
  reporter.report("keyword-unknown", first.label, {
    message: `${listed(names)} ${are} of JSON Schema${so}`,
    fix:
      meant.length > 0
        ? `write ${meant.map(({ word, keyword }) => `${keyword} for ${word}`).join(", ")}`
        : fieldsFix(words),
  });
};

const isMessage = (node: SourceNode | null): node is MapNode =>
  node?.kind === "map" &&
  ["payload", "headers"].some((field) => entry(node, field)) &&
  !["type", "properties", "allOf", "anyOf", "oneOf"].some((keyword) => entry(node, keyword));

const checkReference = ({ files, reporter }: Reading, node: SourceNode, ref: string) => {
  const target = resolveRef(files, node.file, ref);
  const message = target.kind === "node" ? deref(files, target.node) : null;
  if (!isMessage(message)) return;
  const payload = entry(message, "payload");
  const within = payload && payload.file === node.file ? refText(payload) : null;
  const meant = within?.startsWith("#") ? within : `${ref}/payload`;
  reporter.report("ref-kind", (entry(node, "$ref") ?? node).position, {
    message: `$ref ${JSON.stringify(ref)} leads to a message where a schema belongs, so any value is valid`,
    fix: payload ? `write $ref: ${JSON.stringify(meant)} for the message's payload` : "refer to a schema",
  });
};

/** Keywords whose empty schema is meant to let everything pass. */
const isMeantEmpty = (keyword: string | null) => keyword !== null && !schemaMapKeywords.includes(keyword);

const checkSchema = (reading: Reading, node: MapNode, keyword: string | null) => {
  if (node.entries.size > 0) return checkWords(reading, node);
  if (isMeantEmpty(keyword)) return;
  reading.reporter.report("schema-empty", node.label, {
    message: "the schema is empty, so any value is valid",
    fix: "say what is valid, e.g. its type; write true where any value is meant",
  });
};

interface Part {
  readonly node: SourceNode;
  /** The keyword that it stands in; null where it is a whole schema. */
  readonly keyword: string | null;
}

const partsOf = ({ files }: Reading, node: MapNode): readonly Part[] =>
  entries(node).flatMap(([keyword, value]) => {
    const held = deref(files, value);
    const inMap = schemaMapKeywords.includes(keyword) ? entries(held).map(([, one]) => one) : [];
    const inList = schemaListKeywords.includes(keyword) ? items(held) : [];
    const alone = schemaKeywords.includes(keyword) && value.kind === "map" ? [value] : [];
    return [...inMap, ...inList, ...alone].map((one) => ({ node: one, keyword }));
  });

/** Checks what messages use for schemas, as it was written, each part of it once: what is referred to is there itself. */
export const checkMeanings = (reading: Reading, converted: readonly ConvertedSchema[]): void => {
  const seen = new Set<SourceNode>();
  const left: Part[] = converted.map(({ written }) => ({ node: written.node, keyword: null }));
  for (let part = left.pop(); part; part = left.pop()) {
    const { node, keyword } = part;
    if (seen.has(node)) continue;
    seen.add(node);
    const ref = refText(node);
    if (ref !== null) checkReference(reading, node, ref);
    if (ref !== null || node.kind !== "map" || isMessage(node)) continue;
    checkSchema(reading, node, keyword);
    left.push(...partsOf(reading, node));
  }
};
