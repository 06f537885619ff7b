import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
} from "yaml";
import type { Position } from "../contract.js";
import { crowdedMap } from "./names.js";
import type { SourceNode } from "./tree.js";

/** Nesting beyond this is an attack or an accident; recursion over it would end in a stack overflow. */
const maxDepth = 200;
/** How many values a document may have once its aliases are written out. */
const maxValues = 2_000_000;

/** One mistake brings others about: more than these are of no use. */
const maxProblems = 5;

export interface SyntaxProblem {
  readonly position: Position;
  readonly message: string;
  /** What to do about it, where that is not to correct the YAML. */
  readonly fix?: string | undefined;
}

export interface ParsedYaml {
  readonly root: SourceNode | null;
  readonly problems: readonly SyntaxProblem[];
}

class Unreadable extends Error {
  constructor(
    readonly position: Position,
    message: string,
    readonly fix?: string,
  ) {
    super(message);
  }
}

interface Context {
  readonly file: string;
  readonly name: string;
  readonly lines: LineCounter;
  readonly document: Document;
  /** Nodes behind anchors, converted once; null while under way, which shows an alias inside its own anchor. */
  readonly shared: Map<Node, SourceNode | null>;
  readonly sizes: Map<SourceNode, number>;
  /** Names that stand in one map before. */
  readonly repeated: SyntaxProblem[];
}

interface At {
  readonly path: readonly string[];
  readonly label: Position | null;
}

const positionAt = (context: Pick<Context, "name" | "lines">, offset: number): Position => {
  const { line, col } = context.lines.linePos(offset);
  return { file: context.name, line: Math.max(line, 1), column: Math.max(col, 1) };
};

const positionOf = (context: Context, node: Node | null, fallback: Position): Position =>
  node?.range ? positionAt(context, node.range[0]) : fallback;

const count = (context: Context, node: SourceNode): SourceNode => {
  const children = node.kind === "map" ? [...node.entries.values()] : node.kind === "list" ? node.items : [];
  const size = children.reduce((sum, child) => sum + (context.sizes.get(child) ?? 1), 1);
  if (size > maxValues) {
    throw new Unreadable(node.position, `aliases expand to more than ${maxValues} values`);
  }
  context.sizes.set(node, size);
  return node;
};

const scalarValue = (context: Context, value: unknown, source: string | undefined, position: Position) => {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new Unreadable(position, `${source ?? String(value)} is not a JSON value`);
  }
  if (value === 0) return 0;
  if (value === null || typeof value === "number" || typeof value === "boolean" || typeof value === "string") {
    return value;
  }
  context.document.warnings.length = 0;
  return source ?? String(value);
};

const keyText = (context: Context, pair: Pair<unknown, unknown>, parent: Position): [string, Position] => {
  if (!isScalar(pair.key)) throw new Unreadable(parent, "a key is not a scalar");
  const position = positionOf(context, pair.key, parent);
  return [pair.key.value === null ? (pair.key.source ?? "null") : String(pair.key.value), position];
};

const isMerge = (pair: Pair<unknown, unknown>) =>
  isScalar(pair.key) &&
  (pair.key.value === "<<" || typeof pair.key.value === "symbol") &&
  pair.key.type !== "QUOTE_DOUBLE" &&
  pair.key.type !== "QUOTE_SINGLE";

const mergeInto = (target: Map<string, SourceNode>, source: SourceNode) => {
  const sources = source.kind === "list" ? source.items : [source];
  for (const one of sources) {
    if (one.kind !== "map") throw new Unreadable(source.label, "a merge key (<<) takes a map or a list of maps");
    for (const [key, value] of one.entries) if (!target.has(key)) target.set(key, value);
  }
};

const convertPairs = (context: Context, pairs: readonly Pair<unknown, unknown>[], at: At, position: Position) => {
  const own = new Map<string, SourceNode>();
  const merged: SourceNode[] = [];
  for (const pair of pairs) {
    if (isMerge(pair)) {
      merged.push(convert(context, pair.value as Node | null, { path: [...at.path, "<<"], label: position }));
      continue;
    }
    const [key, label] = keyText(context, pair, position);
    if (own.has(key)) context.repeated.push({ position: label, message: "map keys must be unique" });
    own.set(key, convert(context, pair.value as Node | null, { path: [...at.path, key], label }));
  }
  for (const source of merged) mergeInto(own, source);
  return own;
};

const convertAlias = (context: Context, node: Node, at: At): SourceNode => {
  const position = positionOf(context, node, { file: context.name, line: 1, column: 1 });
  const target = isAlias(node) ? node.resolve(context.document) : undefined;
  if (target === undefined) throw new Unreadable(position, "an alias names no anchor");
  const known = context.shared.get(target);
  if (known === null) throw new Unreadable(position, "an alias stands inside its own anchor");
  return known ?? convert(context, target, at);
};

const convertOwn = (context: Context, node: Node | null, at: At): SourceNode => {
  const fallback = at.label ?? { file: context.name, line: 1, column: 1 };
  const position = positionOf(context, node, fallback);
  const place = { position, label: at.label ?? position, file: context.file, path: at.path };
  if (isMap(node)) return { ...place, kind: "map", entries: convertPairs(context, node.items, at, position) };
  if (isSeq(node)) {
    const list = node.items.map((item, index) =>
      convert(context, item as Node | null, { path: [...at.path, String(index)], label: null }),
    );
    return { ...place, kind: "list", items: list };
  }
  const value = isScalar(node) ? scalarValue(context, node.value, node.source, position) : null;
  return { ...place, kind: "scalar", value };
};

const convert = (context: Context, node: Node | null, at: At): SourceNode => {
  if (isAlias(node)) return convertAlias(context, node, at);
  if (at.path.length > maxDepth) {
    throw new Unreadable(positionOf(context, node, { file: context.name, line: 1, column: 1 }), "nested too deeply");
  }
  if (node) context.shared.set(node, null);
  const converted = count(context, convertOwn(context, node, at));
  if (node) context.shared.set(node, converted);
  return converted;
};

const firstLine = (message: string) => (message.split("\n")[0] ?? message).replace(/[.:]?\s*$/, "");
const lowerFirst = (message: string) => message.charAt(0).toLowerCase() + message.slice(1);

const inOurWords = (message: string) => (/call stack/.test(message) ? "nested too deeply" : message);

/** Before AsyncAPI's parser compares them. */
const refuseCrowds = (tokens: readonly CST.Token[], { name, lines }: Pick<Context, "name" | "lines">) => {
  const offset = crowdedMap(tokens);
  if (offset === null) return;
  const message = "the maps of this file up to this one have too many names: one map has room for 7000";
  const fix =
    "spread what is in there over several files, or move it into the contract's own file, which has no such limit";
  throw new Unreadable(positionAt({ name, lines }, offset), message, fix);
};

const attempt = (text: string, file: string, name: string, isReadAgain: boolean): ParsedYaml => {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (isReadAgain) refuseCrowds(tokens, { name, lines });
  const composer = new Composer({
    prettyErrors: false,
    merge: true,
    schema: "core",
    stringKeys: false,
    uniqueKeys: false,
  });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) throw new Error("unreadable");
  if (second) {
    const message = "a second document starts here, a contract is one";
    throw new Unreadable(positionAt({ name, lines }, second.range[0]), message);
  }
  const problems = document.errors.slice(0, maxProblems).map((error) => ({
    position: positionAt({ name, lines }, error.pos[0]),
    message: inOurWords(lowerFirst(firstLine(error.message))),
  }));
  if (problems.length > 0) return { root: null, problems };
  const context: Context = { file, name, lines, document, shared: new Map(), sizes: new Map(), repeated: [] };
  const root = convert(context, document.contents as Node | null, { path: [], label: null });
  return context.repeated.length === 0
    ? { root, problems }
    : { root: null, problems: context.repeated.slice(0, maxProblems) };
};

/**
 * Parses YAML 1.2 (and so JSON) with merge keys. Never throws. `isReadAgain`: whether AsyncAPI's parser reads the text too, which
 * takes long where a map has many names.
 */
export const parseYaml = (text: string, file: string, name: string, isReadAgain: boolean): ParsedYaml => {
  try {
    return attempt(text, file, name, isReadAgain);
  } catch (error) {
    const position = error instanceof Unreadable ? error.position : { file: name, line: 1, column: 1 };
    const message =
      error instanceof RangeError ? "nested too deeply" : error instanceof Error ? error.message : "unreadable";
    const fix = error instanceof Unreadable ? error.fix : undefined;
    return { root: null, problems: [{ position, message, fix }] };
  }
};
