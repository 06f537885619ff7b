import type { Contract, Json, JsonSchema } from "@keyline/contract";
import { refName } from "../json-schema/index.js";

/** The contract's named schemas and how they lead to each other. */
export interface SchemaGraph {
  resolve(name: string): JsonSchema | undefined;
  /** Whether the schema `from` leads to the schema `to` by references, over any number of steps. */
  leadsTo(from: string, to: string): boolean;
}

/** Keywords that hold values, in which a `$ref` is no reference. */
const valueKeywords: ReadonlySet<string> = new Set(["const", "enum", "default", "examples", "example"]);

/** Keywords that hold schemas by name: a name may be any word, also a keyword's. */
const namingKeywords: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependencies", "definitions"]);

function refsIn(json: Json): string[] {
  if (typeof json !== "object" || json === null) return [];
  if (isList(json)) return json.flatMap(refsIn);
  const own = refName(json);
  const inner = Object.entries(json).flatMap(([keyword, value]) => {
    if (valueKeywords.has(keyword)) return [];
    return namingKeywords.has(keyword) && isMap(value) ? Object.values(value).flatMap(refsIn) : refsIn(value);
  });
  return own === null ? inner : [own, ...inner];
}

const isList = (json: Json): json is readonly Json[] => Array.isArray(json);

const isMap = (json: Json): json is { readonly [name: string]: Json } =>
  typeof json === "object" && json !== null && !isList(json);

function reachable(from: string, refs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...(refs.get(from) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(refs.get(next) ?? []));
  }
  return seen;
}

/** Reads the graph once; each schema's reach is worked out when it is first asked for. */
export function createSchemaGraph(contract: Contract): SchemaGraph {
  const schemas = new Map(contract.schemas.map(({ name, schema }) => [name, schema]));
  const refs = new Map(contract.schemas.map(({ name, schema }) => [name, refsIn(schema)]));
  const reach = new Map<string, ReadonlySet<string>>();
  const reachOf = (name: string) => {
    const known = reach.get(name) ?? reachable(name, refs);
    reach.set(name, known);
    return known;
  };
  return { resolve: (name) => schemas.get(name), leadsTo: (from, to) => reachOf(from).has(to) };
}
