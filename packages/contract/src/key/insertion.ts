import type { Position } from "../contract.js";
import type { Files } from "../source/files.js";
import { entry, type MapNode, type SourceFile } from "../source/tree.js";
import { yamlExpression, yamlName } from "./ordering-lines.js";

/** A field that a text gets at an offset. */
export interface Insertion {
  /** Absolute path of the file. */
  readonly file: string;
  readonly offset: number;
  readonly text: string;
}

/** Gives the offset of a place in a file. */
export type Offsets = (file: SourceFile, place: Position) => number;

/** Invariant: `starts` has the offsets at which lines begin, of each file that was asked for. */
export const createOffsets = (): Offsets => {
  const starts = new Map<SourceFile, readonly number[]>();
  const startsOf = (file: SourceFile) => {
    const known = starts.get(file) ?? lineStarts(file.text);
    starts.set(file, known);
    return known;
  };
  return (file, { line, column }) => (startsOf(file)[line - 1] ?? 0) + column - 1;
};

const lineStarts = (text: string): readonly number[] => [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];

/** Where insertions go. */
export interface Place {
  readonly files: Files;
  readonly offsets: Offsets;
}

/** A map's new field, as a line before one of its fields, or between its braces: then as JSON has it, which YAML takes too. */
const insertion = (
  { files, offsets }: Place,
  map: MapNode,
  before: Position,
  name: string,
  line: string,
  json: string,
): Insertion => {
  // By its place: a document of version 2 is another file where it is converted.
  const file = [...files.byPath.values()].find((one) => one.name === map.position.file) ?? files.main;
  const start = offsets(file, map.position);
  if (file.text[start] === "{")
    return { file: file.path, offset: start + 1, text: ` ${JSON.stringify(name)}: ${json},` };
  return { file: file.path, offset: offsets(file, before), text: `${line}\n${" ".repeat(before.column - 1)}` };
};

/** `x-ordering` with a name, first in a channel. */
export const channelInsertion = (place: Place, channel: MapNode, name: string): Insertion =>
  insertion(place, channel, channel.position, "x-ordering", `x-ordering: ${yamlName(name)}`, JSON.stringify(name));

/** A domain at the root, before the channels. */
export const domainInsertion = (place: Place, root: MapNode, name: string, key: string): Insertion => {
  const json = JSON.stringify({ [name]: { key, partitioner: "murmur2" } });
  const lines = `x-ordering:\n  ${yamlName(name)}:\n    key: ${yamlExpression(key)}\n    partitioner: murmur2`;
  return insertion(place, root, (entry(root, "channels") ?? root).label, "x-ordering", lines, json);
};

/** A text after insertions. */
export const insertAll = (text: string, insertions: readonly Insertion[]): string => {
  const sorted = insertions.toSorted((a, b) => a.offset - b.offset);
  const parts = sorted.map(
    ({ offset, text: added }, index) => text.slice(sorted[index - 1]?.offset ?? 0, offset) + added,
  );
  return [...parts, text.slice(sorted.at(-1)?.offset ?? 0)].join("");
};
