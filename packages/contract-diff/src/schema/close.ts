import {
  branchesOf,
  demandedNames,
  itemSchemas,
  type JsonSchema,
  namedSchemasAt,
  namesAround,
  type Resolve,
  refName,
  type SchemaObject,
  schemaAt,
} from "@keyline/json-schema";
import type { Node, NodeFactory } from "./node.js";
import { reachText } from "./reach.js";
import { subsetsOf } from "./subsets.js";

/** What one schema declares of a value; schemas stand for the shapes of what is inside. */
interface Part {
  readonly properties: readonly (readonly [string, JsonSchema])[];
  readonly patterns: readonly (readonly [string, JsonSchema])[];
  readonly additional: readonly JsonSchema[];
  readonly items: readonly JsonSchema[];
}

interface Closing {
  readonly nodes: NodeFactory;
  readonly resolve: Resolve;
  readonly done: Map<string, Node>;
  readonly underWay: Set<string>;
}

/**
 * What a writer keeps to beside its schema: it writes only fields that the contract declares, as the generated
 * producers enforce it. A schema that declares no field at all lets everything through, and so does one that opens
 * itself by `additionalProperties`.
 */
export const createCloser = (nodes: NodeFactory, resolve: Resolve): ((schema: JsonSchema) => Node) => {
  const closing: Closing = { nodes, resolve, done: new Map(), underWay: new Set() };
  return (schema) => close(closing, [schema]);
};

/** The node of a value of which several schemas speak: what any of them declares is declared. */
const close = (closing: Closing, schemas: readonly JsonSchema[]): Node => {
  const { nodes, resolve, done, underWay } = closing;
  const distinct = [...new Map(schemas.map((schema) => [reachText(schema, resolve), schema]))];
  const key = distinct
    .map(([text]) => text)
    .sort()
    .join("\n\n");
  const known = done.get(key);
  if (known) return known;
  if (underWay.has(key)) return nodes.lazy(`declared ${key}`, () => done.get(key) ?? nodes.yes);
  underWay.add(key);
  const parts = distinct.flatMap(([, schema]) => partsOf(closing, schema, null, new Set()));
  const node = parts.length === 0 ? nodes.yes : closeParts(closing, parts);
  underWay.delete(key);
  done.set(key, node);
  return node;
};

const closeParts = (closing: Closing, parts: readonly Part[]): Node => {
  const { nodes } = closing;
  const names = new Map<string, JsonSchema[]>();
  for (const [name, schema] of parts.flatMap(({ properties }) => properties))
    names.set(name, [...(names.get(name) ?? []), schema]);
  const patterns = parts.flatMap((part) => part.patterns);
  const matching = (name: string) => patterns.filter(([source]) => new RegExp(source, "u").test(name));
  const fields = [...names].map(([name, own]) => {
    const part = close(closing, [...own, ...matching(name).map(([, schema]) => schema)]);
    return part === nodes.yes ? nodes.yes : nodes.atom({ kind: "field", name, part });
  });
  const additional = parts.flatMap((part) => part.additional);
  const others = additional.length === 0 ? nodes.no : close(closing, additional);
  const sources = [...new Set(patterns.map(([source]) => source))].sort();
  const items = parts.flatMap((part) => part.items);
  return nodes.and([
    ...fields,
    ...patternNodes(closing, patterns, [...names.keys()]),
    others === nodes.yes
      ? nodes.yes
      : nodes.atom({ kind: "others", names: [...names.keys()].sort(), matched: [], patterns: sources, part: others }),
    ...(items.length === 0 ? [] : [itemsNode(nodes, close(closing, items))]),
  ]);
};

const itemsNode = (nodes: NodeFactory, part: Node): Node =>
  part === nodes.yes ? part : nodes.atom({ kind: "from", index: 0, part });

/** With more patterns than these, what is inside of fields that match is let through: never less than is written. */
const maxPatterns = 6;

/** Fields that are not named: what any of the patterns that they match declares is declared inside of them. */
const patternNodes = (
  closing: Closing,
  patterns: readonly (readonly [string, JsonSchema])[],
  names: readonly string[],
): readonly Node[] => {
  const { nodes } = closing;
  const sources = [...new Set(patterns.map(([source]) => source))];
  if (sources.length > maxPatterns) return [];
  const all = [...names].sort();
  return subsetsOf(sources)
    .filter(({ size }) => size > 0)
    .map((matched) => {
      const schemas = patterns.filter(([source]) => matched.has(source)).map(([, schema]) => schema);
      const part = close(closing, schemas);
      const others = sources.filter((source) => !matched.has(source)).sort();
      const shape = { names: all, matched: [...matched].sort(), patterns: others, part };
      return part === nodes.yes ? part : nodes.atom({ kind: "others", ...shape });
    });
};

/** `known`: names that the schemas around declare of the same value; null where none declares any. */
const partsOf = (
  closing: Closing,
  schema: JsonSchema,
  known: ReadonlySet<string> | null,
  seen: ReadonlySet<string>,
): readonly Part[] => {
  if (typeof schema === "boolean") return [];
  if (schema.$ref !== undefined) {
    const name = refName(schema);
    const target = name === null || seen.has(name) ? undefined : closing.resolve(name);
    return target === undefined || name === null ? [] : partsOf(closing, target, null, new Set(seen).add(name));
  }
  const names = namesAround(schema, known);
  const branches = branchesOf(schema).flatMap((part) => partsOf(closing, part, names, seen));
  return [...ownPart(schema, names), ...branches];
};

const ownPart = (schema: SchemaObject, known: ReadonlySet<string> | null): readonly Part[] => {
  const open = (name: string): readonly [string, JsonSchema] => [name, true];
  const properties = [...namedSchemasAt(schema, "properties"), ...demandedNames(schema, known).map(open)];
  const patterns = namedSchemasAt(schema, "patternProperties");
  const opened = schemaAt(schema, "additionalProperties");
  const additional = opened === undefined || opened === false ? [] : [opened];
  const items = itemsOf(schema);
  const isEmpty = properties.length + patterns.length + additional.length + items.length === 0;
  return isEmpty && opened !== false ? [] : [{ properties, patterns, additional, items }];
};

const itemsOf = (schema: SchemaObject): readonly JsonSchema[] => {
  const schemas = itemSchemas(schema);
  // Shapes do not tell positions apart: where one of them is open, all are.
  return schemas.some((part) => saysNothing(part, null)) ? [] : schemas;
};

/** Whether the schema itself and its branches declare nothing; what references lead to is not looked at. */
const saysNothing = (schema: JsonSchema, known: ReadonlySet<string> | null): boolean => {
  if (typeof schema === "boolean") return true;
  if (schema.$ref !== undefined) return false;
  const names = namesAround(schema, known);
  return ownPart(schema, names).length === 0 && branchesOf(schema).every((part) => saysNothing(part, names));
};
