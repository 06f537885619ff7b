import type { CST } from "yaml";

/**
 * How often the names of all maps of a file may be compared. AsyncAPI's parser reads files behind `$ref`s itself, and compares each
 * name of a map with all that stand before it: this is a map of 7,000 names, and some seconds.
 */
const maxComparisons = 25_000_000;

/** Where a document's maps become too large to be read in time: the offset of the map; null where they do not. */
export function crowdedMap(tokens: readonly CST.Token[]): number | null {
  const left = [...tokens];
  let comparisons = 0;
  for (let token = left.pop(); token; token = left.pop()) {
    if (token.type === "document" && token.value) left.push(token.value);
    if (!("items" in token)) continue;
    // Those of a list are compared with none.
    if (isMap(token)) comparisons += token.items.length ** 2 / 2;
    if (comparisons > maxComparisons) return token.offset;
    for (const { key, value } of token.items) left.push(...[key, value].filter((part) => part != null));
  }
  return null;
}

type Collection = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;

const isMap = (token: Collection) =>
  token.type === "block-map" || (token.type === "flow-collection" && token.start.source === "{");
