import type { Position } from "../../contract.js";
import type { MapNode, ScalarNode, SourceNode } from "../../source/tree.js";

/** The keywords of one schema with their values. */
export type Words = ReadonlyMap<string, SourceNode>;

/** A keyword that draft 7 cannot say, or that says nothing in the schema's own dialect. */
export interface Refusal {
  readonly position: Position;
  readonly message: string;
  readonly fix: string;
}

/** A schema's keywords after one of them was written otherwise, or the reason why it cannot be. */
export type Rewritten = Words | Refusal;

/** Writes some keywords of a schema as draft 7 has them; words in which it finds nothing come back as they are. */
export type Rewrite = (words: Words, schema: MapNode) => Rewritten;

export const isRefusal = (rewritten: Rewritten): rewritten is Refusal => "message" in rewritten;

/** The words without some. */
export const without = (words: Words, ...keywords: readonly string[]): Words =>
  keywords.some((keyword) => words.has(keyword))
    ? new Map([...words].filter(([keyword]) => !keywords.includes(keyword)))
    : words;

/** The words with one more, or with another value of one. */
export const having = (words: Words, keyword: string, value: SourceNode): Words => new Map(words).set(keyword, value);

const placeOf = ({ position, label, file, path }: SourceNode) => ({ position, label, file, path });

/** A schema that stands in no file, at the place of what it was made from. */
export const schemaAt = (place: SourceNode, words: Iterable<readonly [string, SourceNode]>): MapNode => ({
  ...placeOf(place),
  kind: "map",
  entries: new Map(words),
});

export const listAt = (place: SourceNode, items: readonly SourceNode[]): SourceNode => ({
  ...placeOf(place),
  kind: "list",
  items,
});

export const textAt = (place: SourceNode, value: string): ScalarNode => ({ ...placeOf(place), kind: "scalar", value });

/** Whether a schema accepts everything: `true` or `{}`. */
export const acceptsAll = (schema: SourceNode): boolean =>
  schema.kind === "map" ? schema.entries.size === 0 : schema.kind === "scalar" && schema.value === true;

export const refuse = (at: SourceNode, message: string, fix: string): Refusal => ({
  position: at.label,
  message,
  fix,
});
