const decodeToken = (token: string) => token.replaceAll("~1", "/").replaceAll("~0", "~");

/** A token, escaped for a JSON pointer. */
export const encodeToken = (token: string): string => token.replaceAll("~", "~0").replaceAll("/", "~1");

/** The tokens of a JSON pointer; null if it is malformed. `""` is the whole document. */
export const parsePointer = (pointer: string): readonly string[] | null => {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return null;
  return pointer.slice(1).split("/").map(decodeToken);
};

const decoded = (fragment: string): string | null => {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return null;
  }
};

/** The same as {@link parsePointer}, for the percent-encoded fragment of a URI. */
export const parseFragment = (fragment: string): readonly string[] | null => {
  const pointer = decoded(fragment);
  return pointer === null ? null : parsePointer(pointer);
};
