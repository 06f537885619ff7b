import {
  isObject,
  isSame,
  type Json,
  type JsonSchema,
  refTo,
  schemaKeywords,
  schemaListKeywords,
  schemaMapKeywords,
  writtenTypes,
} from "@keyline/json-schema";
import type { ContractSchema } from "../contract.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { deref, follow, refText, resolveRef } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entries, entry, type SourceNode, text, toJson } from "../source/tree.js";
import { type Dialect, dialectOfFormat } from "./dialects/dialect.js";
import { dialectAt } from "./dialects/place.js";
import { translate, wrappedIn } from "./dialects/translate.js";
import { readDiscriminator } from "./discriminator.js";
import { createNames, type Names } from "./names.js";
import { readPolymorphism } from "./polymorphism.js";
import { createSchemaLinks, type Refusal, type SchemaLinks, type SchemaReading } from "./refusals.js";
import { unread } from "./unread.js";

/** Identity and containers: references into them were resolved, and an `$id` would move the base of ours. */
const droppedKeywords: ReadonlySet<string> = new Set(["$id", "$schema", "$anchor", "definitions", "$defs"]);

/** A schema as it stands in its file. */
export interface WrittenSchema {
  readonly node: SourceNode;
  readonly dialect: Dialect;
}

/** A schema beside the node that it was read from. */
export interface ConvertedSchema {
  readonly schema: JsonSchema;
  /** Where each part of it was written. */
  readonly node: SourceNode;
  readonly written: WrittenSchema;
  /** What was asked for, or referred to. */
  readonly asked: SourceNode;
}

/** Turns source nodes into schemas whose references name entries of one list. */
export interface SchemaRegistry {
  /** The schema at a node, for a payload, headers or a key. A missing one accepts everything. */
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

// Invariant: `roots` has what messages ask for. `readings` has each node that was referred to, once with each dialect in which
// it is read; it is in `queue` until it is converted. `done` has what the first reading made that was not refused; every other
// one makes the same, or is refused. `origins` leads from each schema that was made to its node.
interface State {
  readonly files: Files;
  readonly reporter: Reporter;
  readonly links: SchemaLinks;
  readonly names: Names;
  readonly queue: SchemaReading[];
  readonly done: Map<SourceNode, ContractSchema>;
  readonly roots: Map<SourceNode, SchemaReading>;
  readonly readings: Map<SourceNode, readonly SchemaReading[]>;
  readonly converted: ConvertedSchema[];
  readonly origins: WeakMap<object, SourceNode>;
}

/** What a message asks for says itself in which dialect it is. */
const rootOf = ({ roots }: State, node: SourceNode): SchemaReading => {
  const root: SchemaReading = roots.get(node) ?? { node, dialect: "asyncapi", from: null };
  roots.set(node, root);
  return root;
};

/** What a reference leads to, as it is read there. */
const referredTo = ({ files, readings, queue }: State, node: SourceNode, from: SourceNode): SchemaReading => {
  const dialect = dialectAt(files, node, from);
  const before = readings.get(node) ?? [];
  const known = before.find((one) => one.dialect === dialect);
  if (known !== undefined) return known;
  const reading: SchemaReading = { node, dialect, from };
  readings.set(node, [...before, reading]);
  queue.push(reading);
  return reading;
};

/** The schema in a node, which may be a Multi Format Schema Object; null where its format is refused. */
const writtenIn = (node: SourceNode, from: Dialect): WrittenSchema | null => {
  const schema = wrappedIn(node);
  if (!schema) return { node, dialect: translate(node, from).dialect };
  const format = text(entry(node, "schemaFormat"));
  const named = format === null ? from : dialectOfFormat(format);
  return named && { node: schema, dialect: translate(schema, named).dialect };
};

/**
 * The schema itself in the words of draft 7, where a node may be a Multi Format Schema Object. Null where its format or one
 * of its keywords is refused. `dialect`: that of a schema that does not name its own.
 */
export const unwrapFormat = (
  node: SourceNode,
  reporter: Reporter | null,
  dialect: Dialect = "asyncapi",
): SourceNode | null => {
  const written = writtenIn(node, dialect);
  const at = entry(node, "schemaFormat") ?? node;
  const { node: read, refusals } = written ? translate(written.node, written.dialect) : unknownFormat(at);
  for (const { position, message, fix } of refusals) reporter?.report("schema-format", position, { message, fix });
  return refusals.length === 0 ? read : null;
};

const unknownFormat = (at: SourceNode) => ({
  node: at,
  refusals: [
    {
      position: at.position,
      message: `schema format ${JSON.stringify(text(at))} cannot be generated`,
      fix: "write the schema as an AsyncAPI schema, or in JSON Schema or OpenAPI 3.0 or 3.1 with their label",
    },
  ],
});

const reference = (state: State, node: SourceNode, ref: string): JsonSchema => {
  const target = resolveRef(state.files, node.file, ref);
  const schema = deref(state.files, node);
  if (target.kind !== "node" || schema === null) return unread(node);
  if (!isSchema(schema)) return notSchema(state, node, `$ref ${JSON.stringify(ref)} leads to ${kindOf(schema)}`);
  state.links.refersTo(referredTo(state, target.node, node));
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
  const schema = Object.fromEntries(
    entries(node)
      .filter(([key]) => !droppedKeywords.has(key))
      .map(([key, value]) => [key, keyword(state, key, value)]),
  );
  const discriminator = readDiscriminator(state.files, node, schema);
  return discriminator === null ? schema : { ...schema, discriminator };
};

/** What these nodes refer to, by name, with polymorphic bases written out. */
const collect = (state: State, nodes: readonly SourceNode[]): readonly ContractSchema[] => {
  const { done, origins, links } = state;
  const named = [...links.from(nodes.map((node) => rootOf(state, node))).nodes].flatMap((node) => done.get(node) ?? []);
  const byPosition = new Map(named.map((one) => [one.position, one.schema]));
  const read = readPolymorphism(named);
  for (const { schema, position } of read) {
    const before = byPosition.get(position);
    const origin = typeof before === "object" ? origins.get(before) : undefined;
    if (typeof schema === "object" && origin && !origins.has(schema)) origins.set(schema, origin);
  }
  return [...read].sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** Reads what was asked for, or referred to in a dialect, by the one way in. */
const readSchema = (state: State, reading: SchemaReading): JsonSchema => {
  const { node, dialect } = reading;
  state.links.begin(reading);
  const read = unwrapFormat(node, state.reporter, dialect);
  const written = writtenIn(node, dialect);
  if (read === null || written === null) return unread(node);
  const schema = convert(state, read);
  state.converted.push({ schema, node: read, written, asked: node });
  return schema;
};

/** Without `nullable`, which only AsyncAPI's schemas keep: in others it was written as the type that it adds. */
const plain = (schema: Json): Json => {
  if (Array.isArray(schema)) return schema.map(plain);
  if (!isObject(schema)) return schema;
  const { nullable, ...words } = schema;
  const types = nullable === undefined ? null : writtenTypes(schema);
  const inner = Object.fromEntries(Object.entries(words).map(([keyword, value]) => [keyword, plain(value)]));
  return types === null ? inner : { ...inner, type: types };
};

const convertReferred = (state: State, reading: SchemaReading) => {
  const { node } = reading;
  const schema = readSchema(state, reading);
  if (state.links.isRefused(reading)) return;
  const before = state.done.get(node);
  if (before === undefined) {
    state.done.set(node, { name: state.names.of(node), schema, position: node.label });
  } else if (!isSame(plain(before.schema), plain(schema))) {
    const text = { message: "it means something else there", fix: "let it mean the same in both dialects" };
    state.reporter.report("schema-format", node.label, text);
  }
};

const drain = (state: State) => {
  for (let next = state.queue.shift(); next; next = state.queue.shift()) convertReferred(state, next);
};

export const createSchemaRegistry = (files: Files, reporter: Reporter): SchemaRegistry => {
  const components = entries(follow(files, files.main.root, "components", "schemas")).map(([key]) => key);
  const names = createNames(files.main.path, components);
  const done: State["done"] = new Map();
  const links = createSchemaLinks(reporter, (node) => done.has(node));
  const state: State = {
    files,
    reporter: links.reporter,
    links,
    names,
    queue: [],
    done,
    roots: new Map(),
    readings: new Map(),
    converted: [],
    origins: new WeakMap(),
  };
  return {
    schema: (node) => {
      if (!node) return true;
      const schema = readSchema(state, rootOf(state, node));
      drain(state);
      return schema;
    },
    collected: (nodes) => collect(state, nodes),
    converted: (nodes) => {
      const reached = links.from(nodes.map((node) => rootOf(state, node))).nodes;
      return state.converted.filter(({ asked }) => reached.has(asked));
    },
    refusals: (nodes) => links.from(nodes.map((node) => rootOf(state, node))).refusals,
    originOf: (schema) => state.origins.get(schema),
  };
};
