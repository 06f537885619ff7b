import {
  isSame,
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
import { type Dialect, dialectNames, dialectOfFormat } from "./dialects/dialect.js";
import { dialectAt } from "./dialects/place.js";
import { translate, wrappedIn } from "./dialects/translate.js";
import { readDiscriminator } from "./discriminator.js";
import { createNames, type Names } from "./names.js";
import { readPolymorphism } from "./polymorphism.js";
import { createSchemaLinks, type Refusal, type SchemaLinks } from "./refusals.js";
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

/** What a reference leads to, and the reference. */
interface Referred {
  readonly node: SourceNode;
  readonly dialect: Dialect;
  readonly from: SourceNode;
}

// Invariant: a node that was referred to is in `queued` once with each dialect in which it is read, and in `queue` until it
// is converted into `done`: the same in every dialect, or reported. `origins` leads from each schema that
// was made to its node.
interface State {
  readonly files: Files;
  readonly reporter: Reporter;
  readonly links: SchemaLinks;
  readonly names: Names;
  readonly queue: Referred[];
  readonly done: Map<SourceNode, ContractSchema>;
  readonly queued: Map<SourceNode, readonly Dialect[]>;
  readonly converted: ConvertedSchema[];
  readonly origins: WeakMap<object, SourceNode>;
}

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
  state.links.refersTo(target.node);
  const dialect = dialectAt(state.files, target.node, node);
  const queued = state.queued.get(target.node) ?? [];
  if (!queued.includes(dialect)) {
    state.queued.set(target.node, [...queued, dialect]);
    state.queue.push({ node: target.node, dialect, from: node });
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
  const schema = Object.fromEntries(
    entries(node)
      .filter(([key]) => !droppedKeywords.has(key))
      .map(([key, value]) => [key, keyword(state, key, value)]),
  );
  const discriminator = readDiscriminator(state.files, node, schema);
  return discriminator === null ? schema : { ...schema, discriminator };
};

/** What these nodes refer to, by name, with polymorphic bases written out. */
const collect = ({ done, origins, links }: State, nodes: readonly SourceNode[]): readonly ContractSchema[] => {
  const named = [...links.from(nodes).nodes].flatMap((node) => done.get(node) ?? []);
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
const readSchema = (state: State, node: SourceNode, dialect: Dialect): JsonSchema => {
  state.links.begin(node);
  const read = unwrapFormat(node, state.reporter, dialect);
  const written = writtenIn(node, dialect);
  if (read === null || written === null) return unread(node);
  const schema = convert(state, read);
  state.converted.push({ schema, node: read, written, asked: node });
  return schema;
};

const convertReferred = (state: State, { node, dialect, from }: Referred) => {
  const name = state.names.of(node);
  const schema = readSchema(state, node, dialect);
  const before = state.done.get(node);
  if (before !== undefined && !isSame(before.schema, schema)) {
    state.reporter.report("schema-format", (entry(from, "$ref") ?? from).position, {
      message: `what this leads to means something else as a schema of ${dialectNames[dialect]} than elsewhere`,
      fix: "refer to it under one schemaFormat everywhere, or give it its own",
    });
    return;
  }
  state.done.set(node, { name, schema, position: node.label });
};

const drain = (state: State) => {
  for (let next = state.queue.shift(); next; next = state.queue.shift()) convertReferred(state, next);
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
    queued: new Map(),
    converted: [],
    origins: new WeakMap(),
  };
  return {
    schema: (node) => {
      if (!node) return true;
      const schema = readSchema(state, node, "asyncapi");
      drain(state);
      return schema;
    },
    collected: (nodes) => collect(state, nodes),
    converted: (nodes) => {
      const reached = links.from(nodes).nodes;
      return state.converted.filter(({ asked }) => reached.has(asked));
    },
    refusals: (nodes) => links.from(nodes).refusals,
    originOf: (schema) => state.origins.get(schema),
  };
};
