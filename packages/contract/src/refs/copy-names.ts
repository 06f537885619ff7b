/** A location's parts, of which the last is a file's name. */
const partsOf = (location: string): readonly string[] => {
  const parts = (location.split("?")[0] ?? "").split(/[/:]+/).filter((part) => part !== "");
  const isFile = /\.(?:json|ya?ml)$/i.test(parts.at(-1) ?? "");
  return isFile ? parts : [...parts, "schema.json"];
};

/** The last parts, from the file's name alone to all of them. */
const endsOf = (location: string): readonly string[] =>
  partsOf(location).map((_, index, parts) => parts.slice(-1 - index).join("-"));

/**
 * Names for local copies of remote files, by their locations: as short as they can be without being the name of another
 * copy or of a file that is there.
 */
export const copyNames = (locations: readonly string[], taken: ReadonlySet<string>): ReadonlyMap<string, string> => {
  const count = new Map<string, number>();
  for (const end of locations.flatMap(endsOf)) count.set(end, (count.get(end) ?? 0) + 1);
  return new Map(
    locations.map((location, index) => {
      const ends = endsOf(location);
      const own = ends.find((end) => count.get(end) === 1 && !taken.has(end));
      return [location, own ?? `${index + 1}-${ends.at(-1)}`];
    }),
  );
};
