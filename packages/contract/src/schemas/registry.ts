import {
  type Json,
  type JsonSchema,
  refTo,
  schemaKeywords,
  schemaListKeywords,
  schemaMapKeywords,
} from "@keyline/json-schema";
import type { ContractSchema } from "../contract.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { deref, follow, refText, resolveRef } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entries, entry, type SourceNode, text, toJson } from "../source/tree.js";
import { isAcceptedFormat } from "./format.js";
import { createNames, type Names } from "./names.js";
import { createSchemaLinks, type Refusal, type SchemaLinks } from "./refusals.js";
import { unread } from "./unread.js";

/** Identity and containers: references into them were resolved, and an `$id` would move the base of ours. */
const droppedKeywords: ReadonlySet<string> = new Set(["$id", "$schema", "$anchor", "definitions", "$defs"]);

/** A schema beside the node that it was read from. */
export interface ConvertedSchema {
  readonly schema: JsonSchema;
  readonly node: SourceNode;
}

/** Turns source nodes into schemas whose references name entries of one list. */
export interface SchemaRegistry {
  /** The schema at a node: of a payload, of headers or of a key. A missing one accepts everything. */
  schema(node: SourceNode | null | undefined): JsonSchema;
  /** Everything that the schemas at these nodes refer to, by name. */
  collected(nodes: readonly SourceNode[]): readonly ContractSchema[];
  /** The schemas at these nodes, and everything that they refer to. */
  converted(nodes: readonly SourceNode[]): readonly ConvertedSchema[];
  /** Why the schemas at these nodes, or what they refer to, cannot be generated; nothing where they can. */
  refusals(nodes: readonly SourceNode[]): readonly Refusal[];
  /** Where a schema, or a part of one, was written. */
  originOf(schema: object): SourceNode | undefined;
}

// Invariant: a node that was referred to is in `queued` once, and in `queue` until it is converted into `done`; `origins` leads from each schema that was made to its node.
interface State {
  readonly files: Files;
  readonly reporter: Reporter;
  readonly links: SchemaLinks;
  readonly names: Names;
  readonly queue: SourceNode[];
  readonly done: Map<SourceNode, ContractSchema>;
  readonly queued: Set<SourceNode>;
  readonly converted: ConvertedSchema[];
  readonly origins: WeakMap<object, SourceNode>;
}

/** The schema itself, where a node may be a Multi Format Schema Object. Null where its format is refused. */
export const unwrapFormat = (node: SourceNode, reporter: Reporter | null): SourceNode | null => {
  const at = entry(node, "schemaFormat");
  const format = text(at);
  const schema = entry(node, "schema");
  if (!at || format === null || !schema) return node;
  if (isAcceptedFormat(format)) return schema;
  reporter?.report("schema-format", at.position, {
    message: `schema format ${JSON.stringify(format)} cannot be generated`,
    fix: "write the schema as an AsyncAPI schema or as application/schema+json;version=draft-07",
  });
  return null;
};

const reference = (state: State, node: SourceNode, ref: string): JsonSchema => {
  const target = resolveRef(state.files, node.file, ref);
  const schema = deref(state.files, node);
  if (target.kind !== "node" || schema === null) return unread(node);
  if (!isSchema(schema)) return notSchema(state, node, `$ref ${JSON.stringify(ref)} leads to ${kindOf(schema)}`);
  state.links.refersTo(target.node);
  if (!state.queued.has(target.node)) {
    state.queued.add(target.node);
    state.queue.push(target.node);
  }
  return refTo(state.names.of(target.node));
};

const isSchema = (node: SourceNode): boolean =>
  node.kind === "map" || (node.kind === "scalar" && typeof node.value === "boolean");

const kindOf = (node: SourceNode): string => {
  if (node.kind === "list") return "a list";
  return node.kind === "map" ? "a map" : node.value === null ? "nothing" : `a ${typeof node.value}`;
};

/** Reports what stands in the place of a schema, by its kind: its text may be a secret of another file. */
const notSchema = ({ reporter }: State, node: SourceNode, found: string): JsonSchema => {
  reporter.report("schema-invalid", (entry(node, "$ref") ?? node).position, {
    message: `not a valid JSON Schema: ${found}`,
    fix: "write a schema here: a map of keywords, true or false",
  });
  return unread(node);
};

const isList = (node: SourceNode): node is Extract<SourceNode, { kind: "list" }> => node.kind === "list";

const schemaMap = (state: State, node: SourceNode): Json => {
  const map = follow(state.files, node);
  return Object.fromEntries(
    entries(map).map(([key, value]) => [key, isList(value) ? toJson(value) : convert(state, value)]),
  );
};

const keyword = (state: State, key: string, value: SourceNode): Json => {
  if (schemaMapKeywords.includes(key)) return schemaMap(state, value);
  const list = schemaListKeywords.includes(key) ? deref(state.files, value) : null;
  if (list?.kind === "list") return list.items.map((item) => convert(state, item));
  return schemaKeywords.includes(key) && value.kind !== "list" ? convert(state, value) : toJson(value);
};

const convert = (state: State, wrapped: SourceNode): JsonSchema => {
  const schema = convertNode(state, wrapped);
  if (typeof schema === "object" && !state.origins.has(schema)) state.origins.set(schema, wrapped);
  return schema;
};

const convertNode = (state: State, wrapped: SourceNode): JsonSchema => {
  const ref = refText(wrapped);
  if (ref !== null) return reference(state, wrapped, ref);
  const node = unwrapFormat(wrapped, state.reporter);
  if (node === null) return unread(wrapped);
  if (node !== wrapped) return convert(state, node);
  if (!isSchema(node)) return notSchema(state, node, `this is ${kindOf(node)}`);
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  return Object.fromEntries(
    entries(node)
      .filter(([key]) => !droppedKeywords.has(key))
      .map(([key, value]) => [key, keyword(state, key, value)]),
  );
};

const drain = (state: State) => {
  for (let node = state.queue.shift(); node; node = state.queue.shift()) {
    const name = state.names.of(node);
    state.links.begin(node);
    const schema = convert(state, node);
    state.converted.push({ schema, node });
    state.done.set(node, { name, schema, position: node.label });
  }
};

export const createSchemaRegistry = (files: Files, reporter: Reporter): SchemaRegistry => {
  const components = entries(follow(files, files.main.root, "components", "schemas")).map(([key]) => key);
  const names = createNames(files.main.path, components);
  const links = createSchemaLinks(reporter);
  const state: State = {
    files,
    reporter: links.reporter,
    links,
    names,
    queue: [],
    done: new Map(),
    queued: new Set(),
    converted: [],
    origins: new WeakMap(),
  };
  return {
    schema: (node) => {
      if (!node) return true;
      links.begin(node);
      const schema = convert(state, node);
      state.converted.push({ schema, node });
      drain(state);
      return schema;
    },
    collected: (nodes) =>
      [...links.from(nodes).nodes]
        .flatMap((node) => state.done.get(node) ?? [])
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    converted: (nodes) => {
      const reached = links.from(nodes).nodes;
      return state.converted.filter(({ node }) => reached.has(node));
    },
    refusals: (nodes) => links.from(nodes).refusals,
    originOf: (schema) => state.origins.get(schema),
  };
};
