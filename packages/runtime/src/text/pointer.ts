/** What lies at a path, by own properties only; undefined where there is nothing. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as { readonly [name: string]: unknown })[name];
  }
  return at;
}

/** The text at a path, or null where there is none, or an empty one. */
export function textAt(value: unknown, path: readonly string[] | null): string | null {
  const found = path === null ? undefined : valueAt(value, path);
  return typeof found === "string" && found !== "" ? found : null;
}
