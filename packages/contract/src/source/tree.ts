import type { Json } from "@keyline/json-schema";
import type { Position } from "../contract.js";
import type { Dialect } from "../schemas/dialects/dialect.js";

interface Place {
  /** Where the value starts. */
  readonly position: Position;
  /** Where the key that leads to the value starts; the value's own start for list items and roots. */
  readonly label: Position;
  /** Absolute path of the file. */
  readonly file: string;
  /** The path within the file, as tokens. */
  readonly path: readonly string[];
}

export interface MapNode extends Place {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, SourceNode>;
  /** In what dialect a schema is written that a `$ref` in here leads to; AsyncAPI's where it is not said. */
  readonly dialect?: Dialect;
}

export interface ListNode extends Place {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
}

export interface ScalarNode extends Place {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

/** A YAML or JSON value that knows where it was written. Aliases share a node, so the tree may be a DAG, never a cycle. */
export type SourceNode = MapNode | ListNode | ScalarNode;

/** A file that was read and parsed. */
export interface SourceFile {
  /** Absolute path. */
  readonly path: string;
  /** The path that a user sees. */
  readonly name: string;
  readonly text: string;
  /** Null where the text is not YAML. */
  readonly root: SourceNode | null;
}

/** The entry of a map, or undefined where there is none or the node is not a map. */
export const entry = (node: SourceNode | null | undefined, key: string): SourceNode | undefined =>
  node?.kind === "map" ? node.entries.get(key) : undefined;

/** The entries of a map in the order of the document; none for anything else. */
export const entries = (node: SourceNode | null | undefined): readonly (readonly [string, SourceNode])[] =>
  node?.kind === "map" ? [...node.entries] : [];

/** The items of a list; none for anything else. */
export const items = (node: SourceNode | null | undefined): readonly SourceNode[] =>
  node?.kind === "list" ? node.items : [];

/** A string scalar's value, else null. */
export const text = (node: SourceNode | null | undefined): string | null =>
  node?.kind === "scalar" && typeof node.value === "string" ? node.value : null;

/** A number scalar's value, else null. */
export const number = (node: SourceNode | null | undefined): number | null =>
  node?.kind === "scalar" && typeof node.value === "number" ? node.value : null;

/** A boolean scalar's value, else null. */
export const boolean = (node: SourceNode | null | undefined): boolean | null =>
  node?.kind === "scalar" && typeof node.value === "boolean" ? node.value : null;

/** Where a finding about a value is shown: at its name where the value is a block below it, else at the value. */
export const placeOf = ({ label, position }: SourceNode): Position => (position.line > label.line ? label : position);

/** The plain value. Properties are defined, not assigned, so a key named `__proto__` stays a key. */
export const toJson = (node: SourceNode): Json => {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toJson);
  return Object.fromEntries([...node.entries].map(([key, value]) => [key, toJson(value)]));
};
