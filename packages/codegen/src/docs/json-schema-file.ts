import type { Contract, ContractMessage, Json } from "@keyline/contract";
import { refName } from "../json-schema/index.js";

/** Keywords that hold values: a `$ref` in them is none. */
const valueKeywords: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);

/** Keywords that hold schemas by name: a name may be any word, also a keyword's. */
const namingKeywords: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependencies", "definitions"]);

type JsonObject = { readonly [name: string]: Json };

const isList = (json: Json): json is readonly Json[] => Array.isArray(json);

const isObject = (json: Json): json is JsonObject => typeof json === "object" && json !== null && !isList(json);

const mapValues = (object: JsonObject, map: (value: Json, key: string) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));

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
      $ref: `#/definitions/${encodeURIComponent(target.toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1"))}`,
    };
  };
  const schemaOf = (json: Json): Json => {
    if (isList(json)) return json.map(schemaOf);
    if (!isObject(json)) return json;
    const target = refName(json);
    if (target !== null) return refer(target);
    return mapValues(json, (value, keyword) => {
      if (valueKeywords.has(keyword)) return value;
      return namingKeywords.has(keyword) && isObject(value) ? mapValues(value, schemaOf) : schemaOf(value);
    });
  };
  const root = rootOf(schemaOf(payload));
  const sorted = [...definitions].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: title ?? name,
    ...root,
    ...(sorted.length === 0 ? {} : { definitions: Object.fromEntries(sorted) }),
  };
}

/** In draft 7 a reference stands beside nothing else: at the root it goes one level down. */
function rootOf(schema: Json): JsonObject {
  if (!isObject(schema)) return schema === false ? { not: {} } : {};
  return schema.$ref === undefined ? schema : { allOf: [schema] };
}
