import { basename, extname } from "node:path";
import type { SourceNode } from "../source/tree.js";

/** Path tokens that every document has, so that they say nothing about a schema. */
const structural: ReadonlySet<string> = new Set([
  ...["components", "schemas", "schema", "messages", "channels", "properties", "definitions", "$defs", "items"],
]);

const clean = (name: string) => name.replaceAll(/[^A-Za-z0-9_.-]+/g, "_");

const componentKey = (node: SourceNode, mainPath: string): string | null => {
  const [components, schemas, key, ...rest] = node.path;
  const isComponent = components === "components" && schemas === "schemas" && rest.length === 0;
  return node.file === mainPath && isComponent && key !== undefined ? key : null;
};

const derivedName = (node: SourceNode, mainPath: string): string => {
  const stem = node.file === mainPath ? [] : [basename(node.file, extname(node.file))];
  const tokens = node.path.filter((token) => !structural.has(token));
  return clean([...stem, ...tokens].join("_")) || "schema";
};

export interface Names {
  /** The name of the schema at a node; the same for the same node. */
  of(node: SourceNode): string;
}

/** Names for schemas. `reserved` holds the component keys, which no derived name may take. */
export const createNames = (mainPath: string, reserved: readonly string[]): Names => {
  // Invariant: `names` has the name of each schema that was asked for, and `taken` all of those and the reserved
  // ones: no two schemas have one name.
  const taken = new Set(reserved.map(clean));
  const names = new Map<SourceNode, string>();
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
    taken.add(name);
    return name;
  };
  const create = (node: SourceNode) => {
    const key = componentKey(node, mainPath);
    return key !== null && clean(key) === key ? key : unique(derivedName(node, mainPath));
  };
  return {
    of: (node) => {
      const name = names.get(node) ?? create(node);
      names.set(node, name);
      return name;
    },
  };
};
