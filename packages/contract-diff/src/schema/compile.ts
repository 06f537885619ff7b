import {
  canonicalText,
  declaredTypes,
  dependenciesOf,
  distinct,
  foreignKeywords,
  isIntegerOnly,
  isSchema,
  isTypeName,
  type Json,
  type JsonSchema,
  jsonTypes,
  type LimitKeyword,
  limitKeywords,
  namedSchemasAt,
  numberFormats,
  type Resolve,
  refName,
  regexFault,
  type SchemaObject,
  schemaAt,
  schemasAt,
  textsOf,
  unreadKeyword,
  writtenTypes,
} from "@keyline/json-schema";
import { stringFormats } from "./formats.js";
import type { Node, NodeFactory } from "./node.js";
import { reachText } from "./reach.js";

/** Minima that every value reaches. */
const lowest = /^min(Length|Items|Properties)$/;

interface Compiling {
  readonly nodes: NodeFactory;
  readonly resolve: Resolve;
  readonly named: Map<string, Node>;
  readonly underWay: Set<string>;
}

/** Turns the schemas of one contract into nodes. */
export const createCompiler = (nodes: NodeFactory, resolve: Resolve): ((schema: JsonSchema) => Node) => {
  const compiling: Compiling = { nodes, resolve, named: new Map(), underWay: new Set() };
  return (schema) => compile(compiling, schema);
};

const compile = (compiling: Compiling, schema: JsonSchema): Node => {
  const { nodes } = compiling;
  if (typeof schema === "boolean") return schema ? nodes.yes : nodes.no;
  if (schema.$ref === undefined) return compileObject(compiling, schema);
  const name = refName(schema);
  return name === null ? unread(nodes, schema) : compileNamed(compiling, name, schema);
};

const unread = (nodes: NodeFactory, what: Json): Node => nodes.atom({ kind: "unread", text: canonicalText(what) });

const compileNamed = (compiling: Compiling, name: string, reference: JsonSchema): Node => {
  const { nodes, resolve, named, underWay } = compiling;
  const known = named.get(name);
  if (known) return known;
  const schema = resolve(name);
  if (schema === undefined) return unread(nodes, reference);
  if (underWay.has(name)) {
    // By content, so that what did not change on the other side is the same node there.
    return nodes.lazy(`${name} ${reachText(schema, resolve)}`, () => named.get(name) ?? compile(compiling, reference));
  }
  underWay.add(name);
  const node = compile(compiling, schema);
  underWay.delete(name);
  named.set(name, node);
  return node;
};

const compileObject = (compiling: Compiling, schema: SchemaObject): Node => {
  const { nodes } = compiling;
  const inner = (part: JsonSchema) => compile(compiling, part);
  const listed = (keyword: string) => schemasAt(schema, keyword).map(inner);
  const anyOf = listed("anyOf");
  const oneOf = listed("oneOf");
  const not = schemaAt(schema, "not");
  return nodes.and([
    ...ownNodes(nodes, schema),
    ...arrayNodes(nodes, schema, inner),
    ...fieldNodes(nodes, schema, inner),
    ...dependencyNodes(nodes, schema, inner),
    ...listed("allOf"),
    ...(anyOf.length > 0 ? [nodes.or(anyOf)] : []),
    ...(oneOf.length > 0 ? [nodes.one(oneOf)] : []),
    ...(not === undefined ? [] : [nodes.not(inner(not))]),
    ...conditionNodes(nodes, schema, inner),
  ]);
};

const ownNodes = (nodes: NodeFactory, schema: SchemaObject): readonly Node[] => [
  ...typeNodes(nodes, schema),
  ...(Array.isArray(schema.enum) ? [valuesNode(nodes, schema.enum)] : []),
  ...(Object.hasOwn(schema, "const") ? [valuesNode(nodes, [schema.const ?? null])] : []),
  ...limitKeywords.flatMap((keyword) => limitNodes(nodes, keyword, schema[keyword])),
  ...textNodes(nodes, schema),
  ...Object.entries(schema)
    .filter(([keyword]) => keyword === unreadKeyword || foreignKeywords.has(keyword))
    .map(([keyword, value]) => unread(nodes, { [keyword]: value })),
];

const typeNodes = (nodes: NodeFactory, schema: SchemaObject): readonly Node[] => {
  const types = declaredTypes(schema);
  if (types === null) return [];
  if (!writtenTypes(schema)?.every(isTypeName)) return [unread(nodes, { type: schema.type ?? null })];
  const isInteger = isIntegerOnly(schema);
  const isAll = types.size === jsonTypes.length && !isInteger;
  return isAll ? [] : [nodes.atom({ kind: "types", types, isInteger })];
};

const valuesNode = (nodes: NodeFactory, values: readonly Json[]): Node => {
  return values.length === 0 ? nodes.no : nodes.atom({ kind: "values", values: distinct(values) });
};

const limitNodes = (nodes: NodeFactory, keyword: LimitKeyword, value: Json | undefined): readonly Node[] => {
  if (value === undefined || (value === 0 && lowest.test(keyword))) return [];
  return typeof value === "number" && (keyword !== "multipleOf" || value > 0)
    ? [nodes.atom({ kind: "limit", keyword, value })]
    : [unread(nodes, { [keyword]: value })];
};

const textNodes = (nodes: NodeFactory, { pattern, format }: SchemaObject): readonly Node[] => {
  const found: Node[] = [];
  if (pattern !== undefined) {
    const isUsable = typeof pattern === "string" && regexFault(pattern) === null;
    found.push(isUsable ? nodes.atom({ kind: "pattern", source: pattern }) : unread(nodes, { pattern }));
  }
  const asserts = typeof format === "string" && (stringFormats.has(format) || numberFormats.has(format));
  if (asserts) found.push(nodes.atom({ kind: "format", name: format }));
  return found;
};

type Inner = (part: JsonSchema) => Node;

const arrayNodes = (nodes: NodeFactory, schema: SchemaObject, inner: Inner): readonly Node[] => {
  const found: Node[] = [];
  const from = (index: number, part: Node) => {
    if (part !== nodes.yes) found.push(nodes.atom({ kind: "from", index, part }));
  };
  if (Array.isArray(schema.items)) {
    const items = schemasAt(schema, "items").map(inner);
    for (const [index, part] of items.entries())
      if (part !== nodes.yes) found.push(nodes.atom({ kind: "at", index, part }));
    from(items.length, inner(schemaAt(schema, "additionalItems") ?? true));
  } else from(0, inner(schemaAt(schema, "items") ?? true));
  const contains = schemaAt(schema, "contains");
  if (contains !== undefined) found.push(nodes.atom({ kind: "contains", part: inner(contains) }));
  if (schema.uniqueItems === true) found.push(nodes.atom({ kind: "unique" }));
  return found;
};

const fieldNodes = (nodes: NodeFactory, schema: SchemaObject, inner: Inner): readonly Node[] => {
  const properties = namedSchemasAt(schema, "properties").map(([name, part]) => [name, inner(part)] as const);
  const patterns = namedSchemasAt(schema, "patternProperties").map(([source, part]) => [source, inner(part)] as const);
  const others = inner(schemaAt(schema, "additionalProperties") ?? true);
  const names = schemaAt(schema, "propertyNames");
  const broken = patterns
    .filter(([source]) => regexFault(source) !== null)
    .map(([source]) => unread(nodes, { source }));
  if (broken.length > 0) return broken;
  const said = <Key>(list: readonly (readonly [Key, Node])[]) => list.filter(([, part]) => part !== nodes.yes);
  return [
    ...said(properties).map(([name, part]) => nodes.atom({ kind: "field", name, part })),
    ...said(patterns).map(([source, part]) => nodes.atom({ kind: "matching", source, part })),
    ...(others === nodes.yes ? [] : [othersNode(nodes, properties, patterns, others)]),
    ...[...new Set(textsOf(schema.required))].map((name) => nodes.atom({ kind: "required", name })),
    ...(names === undefined ? [] : [nodes.atom({ kind: "names", part: inner(names) })]),
  ];
};

const othersNode = (
  nodes: NodeFactory,
  properties: readonly (readonly [string, Node])[],
  patterns: readonly (readonly [string, Node])[],
  part: Node,
): Node =>
  nodes.atom({
    kind: "others",
    names: properties.map(([name]) => name).sort(),
    matched: [],
    patterns: patterns.map(([source]) => source).sort(),
    part,
  });

const dependencyNodes = (nodes: NodeFactory, schema: SchemaObject, inner: Inner): readonly Node[] => {
  const isObject = nodes.atom({ kind: "types", types: new Set(["object"]), isInteger: false });
  const required = (name: string) => nodes.atom({ kind: "required", name });
  return dependenciesOf(schema).map(([name, demanded]) => {
    const then = isSchema(demanded) ? inner(demanded) : nodes.and(textsOf(demanded).map(required));
    return nodes.or([nodes.not(isObject), nodes.not(required(name)), then]);
  });
};

const conditionNodes = (nodes: NodeFactory, schema: SchemaObject, inner: Inner): readonly Node[] => {
  const condition = schemaAt(schema, "if");
  if (condition === undefined) return [];
  const then = inner(schemaAt(schema, "then") ?? true);
  const otherwise = inner(schemaAt(schema, "else") ?? true);
  return [nodes.condition(inner(condition), then, otherwise)];
};
