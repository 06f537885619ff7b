import type { Contract } from "@keyline/contract";
import { type JsonSchema, refNames } from "@keyline/json-schema";

/** The contract's named schemas and how they lead to each other. */
export interface SchemaGraph {
  resolve(name: string): JsonSchema | undefined;
  /** Whether the schema `from` leads to the schema `to` by references, over any number of steps. */
  leadsTo(from: string, to: string): boolean;
}

function reachable(from: string, refs: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
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
  const refs = new Map(contract.schemas.map(({ name, schema }) => [name, refNames(schema)]));
  // Invariant: `reach` holds all that a schema leads to, for those that were asked about; the graph never changes.
  const reach = new Map<string, ReadonlySet<string>>();
  const reachOf = (name: string) => {
    const known = reach.get(name) ?? reachable(name, refs);
    reach.set(name, known);
    return known;
  };
  return { resolve: (name) => schemas.get(name), leadsTo: (from, to) => reachOf(from).has(to) };
}
