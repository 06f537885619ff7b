/**
 * JSON as PostgreSQL's text type can hold it: no U+0000 and no half of a surrogate pair.
 * JSON.stringify escapes both already (well-formed JSON.stringify), so what remains is plain text.
 */
export function toText(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/** @see toText */
export function fromText(text: string): unknown {
  return JSON.parse(text);
}
