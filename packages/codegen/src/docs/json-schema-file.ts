import type { Contract, ContractMessage } from "@keyline/contract";
import {
  encodeToken,
  isObject,
  type Json,
  type JsonObject,
  refName,
  schemaMapKeywords,
  valueKeywords,
} from "@keyline/json-schema";

const mapValues = (object: JsonObject, map: (value: Json, key: string) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));

/** What the `$comment` of such a document says. */
export const schemaMark = "Written by keyline docs: change the contract instead.";

/** A message's payload as a JSON Schema document of its own: what it refers to lies in `definitions`. */
export function schemaDocument({ name, title, payload }: ContractMessage, contract: Contract): JsonObject {
  const byName = new Map(contract.schemas.map((one) => [one.name, one.schema]));
  const definitions = new Map<string, Json>();
  const refer = (target: string): JsonObject => {
    const schema = byName.get(target);
    if (!definitions.has(target) && schema !== undefined) {
      // Taken before it is walked through: it may lead back to itself.
      definitions.set(target, true);
      definitions.set(target, schemaOf(schema));
    }
    return {
      $ref: `#/definitions/${encodeURIComponent(encodeToken(target.toWellFormed()))}`,
    };
  };
  const schemaOf = (json: Json): Json => {
    if (Array.isArray(json)) return json.map(schemaOf);
    if (!isObject(json)) return json;
    const target = refName(json);
    if (target !== null) return refer(target);
    // Its mapping has the contract's names, and in draft 7 it says nothing.
    const { discriminator: _, ...words } = json;
    return mapValues(words, (value, keyword) => {
      if (valueKeywords.includes(keyword)) return value;
      return schemaMapKeywords.includes(keyword) && isObject(value) ? mapValues(value, schemaOf) : schemaOf(value);
    });
  };
  const root = rootOf(schemaOf(payload));
  const sorted = [...definitions].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: title ?? name,
    ...root,
    $comment: schemaMark,
    ...(sorted.length === 0 ? {} : { definitions: Object.fromEntries(sorted) }),
  };
}

/** In draft 7 a reference stands beside nothing else: at the root it goes one level down. */
function rootOf(schema: Json): JsonObject {
  if (!isObject(schema)) return schema === false ? { not: {} } : {};
  return schema.$ref === undefined ? schema : { allOf: [schema] };
}
