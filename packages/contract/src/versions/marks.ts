import { disguise, undisguise } from "../source/proto-names.js";
import { entry, type MapNode, type SourceNode } from "../source/tree.js";

/** A plain value on its way through the converter. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** The fields of a map that the converter looks into, each with how it is written for it. */
export type Fields = { readonly [key: string]: (value: SourceNode) => Plain };

/** Has a number, by which a map that comes out of the converter is known again. */
const mark = "x-keyline-node";

/** What the converter calls otherwise, by its new name. */
const oldNames: ReadonlyMap<string, string> = new Map([
  ...[["host", "url"] as const, ["pathname", "url"] as const],
  ...[["availableScopes", "scopes"] as const, ["messages", "message"] as const],
]);

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Source nodes as plain values and back. A value that the converter only moves goes through it as its mark alone, and
 * comes back as the node that it was; a map that it changes is rebuilt, with the position of the original.
 *
 * Invariant: `nodes` has the node of each mark that was handed out, at the mark's number.
 */
export const createMarks = (file: string) => {
  const nodes: SourceNode[] = [];
  const leaf = (node: SourceNode): { readonly [key: string]: Plain } => ({ [mark]: nodes.push(node) - 1 });
  const nodeOf = (value: unknown): SourceNode | undefined => {
    const number = isObject(value) ? value[mark] : undefined;
    return typeof number === "number" ? nodes[number] : undefined;
  };
  const nameMap = (node: MapNode, fields: Fields): { readonly [key: string]: Plain } =>
    Object.fromEntries(
      [...node.entries].map(([key, value]) => {
        const write = Object.hasOwn(fields, key) ? fields[key] : undefined;
        return [disguise(key), (write ?? leaf)(value)];
      }),
    );
  return {
    /** Stands for a value that the converter only moves. */
    leaf,
    /** A map of which the converter sees what `fields` names; the rest are leaves. */
    map: (node: MapNode, fields: Fields = {}): { readonly [key: string]: Plain } => ({
      ...nameMap(node, fields),
      ...leaf(node),
    }),
    /** As `map`, where every key is a name to the converter: a mark would be one too. */
    nameMap,
    /** The node that a plain value was. */
    nodeOf,
    /** What came out of the converter, as nodes; what is new there stands where `near` stands. */
    rebuild: (value: unknown, near: SourceNode): SourceNode => rebuild({ file, nodeOf }, value, near),
  };
};

export type Marks = ReturnType<typeof createMarks>;

interface Rebuilding {
  /** The file that new nodes are in. */
  readonly file: string;
  readonly nodeOf: (value: unknown) => SourceNode | undefined;
}

const placeOf = ({ position, label, file, path }: SourceNode) => ({ position, label, file, path });

/** Something new stands where the name of what it belongs to stands. */
const atLabel = (node: SourceNode): SourceNode => ({
  ...placeOf(node),
  ...{ position: node.label, kind: "scalar", value: null },
});

const rebuildMap = (to: Rebuilding, value: { readonly [key: string]: unknown }, near: SourceNode): SourceNode => {
  const marked = to.nodeOf(value);
  const keys = Object.keys(value).filter((key) => key !== mark);
  if (marked && keys.length === 0) return marked;
  const old = marked ?? near;
  const entries = keys.map((key): [string, SourceNode] => {
    const name = undisguise(key);
    const own = entry(old, name) ?? entry(old, oldNames.get(name) ?? name);
    return [name, rebuild(to, value[key], own ?? atLabel(old), name)];
  });
  return { ...placeOf(old), file: to.file, kind: "map", entries: new Map(entries) };
};

const rebuild = (to: Rebuilding, value: unknown, near: SourceNode, key = ""): SourceNode => {
  if (isObject(value)) return rebuildMap(to, value, near);
  if (!Array.isArray(value)) return { ...placeOf(near), kind: "scalar", value: scalarOf(value, key) };
  const items = value.map((one, index) => rebuild(to, one, (near.kind === "list" ? near.items[index] : null) ?? near));
  return { ...placeOf(near), file: to.file, kind: "list", items };
};

/** The converter writes names into references as they are, where a percent sign would begin an escape. */
const scalarOf = (value: unknown, key: string) => {
  if (typeof value === "string") return key === "$ref" ? undisguise(value).replaceAll("%", "%25") : undisguise(value);
  return typeof value === "number" || typeof value === "boolean" ? value : null;
};
