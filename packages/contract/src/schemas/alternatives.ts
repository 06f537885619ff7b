import { deref } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entry, items, type SourceNode, text } from "../source/tree.js";
import { unwrapFormat } from "./registry.js";

/** More combinations of branches than this are not looked at one by one. */
const maxAlternatives = 512;

/** Schemas that hold together: what a value meets that takes one way through all `oneOf`, `anyOf` and `if`. */
export type Alternative = readonly SourceNode[];

interface Partial {
  readonly held: readonly SourceNode[];
  readonly open: readonly SourceNode[];
}

const branches = (files: Files, node: SourceNode): readonly (readonly SourceNode[])[] => {
  const lists = ["oneOf", "anyOf"]
    .map((key) => items(deref(files, entry(node, key))))
    .filter((list) => list.length > 0);
  if (!entry(node, "if")) return lists;
  const condition = ["then", "else"].map((key) => entry(node, key) ?? emptySchema(node));
  return [...lists, condition];
};

const emptySchema = (node: SourceNode): SourceNode => ({ ...node, kind: "map", entries: new Map() });

const product = (lists: readonly (readonly SourceNode[])[]): readonly (readonly SourceNode[])[] =>
  lists.reduce<readonly (readonly SourceNode[])[]>(
    (sets, list) => sets.slice(0, maxAlternatives).flatMap((set) => list.map((item) => [...set, item])),
    [[]],
  );

const advance = (files: Files, { held, open }: Partial): readonly Partial[] => {
  const [next, ...rest] = open;
  const resolved = next ? deref(files, next) : null;
  const node = deref(files, resolved && unwrapFormat(resolved, null));
  if (!node || held.includes(node)) return [{ held, open: rest }];
  if (node.kind === "scalar") return node.value === false ? [] : [{ held, open: rest }];
  const together = items(deref(files, entry(node, "allOf")));
  return product(branches(files, node)).map((chosen) => ({
    held: [...held, node],
    open: [...rest, ...together, ...chosen],
  }));
};

/** Every way through the schemas, with `$ref` and `allOf` followed. Null where there are too many to look at. */
export const alternatives = (files: Files, schemas: readonly SourceNode[]): readonly Alternative[] | null => {
  let partial: readonly Partial[] = [{ held: [], open: schemas }];
  while (partial.some(({ open }) => open.length > 0)) {
    partial = partial.flatMap((one) => (one.open.length > 0 ? advance(files, one) : [one]));
    if (partial.length > maxAlternatives) return null;
  }
  return partial.map(({ held }) => held);
};

/** The subschemas that an alternative declares for a property. */
export const declared = (files: Files, alternative: Alternative, name: string): readonly SourceNode[] =>
  alternative.flatMap((node) => entry(deref(files, entry(node, "properties")), name) ?? []);

/** Whether an alternative demands a property. */
export const isRequired = (files: Files, alternative: Alternative, name: string): boolean =>
  alternative.some((node) => items(deref(files, entry(node, "required"))).some((item) => text(item) === name));
