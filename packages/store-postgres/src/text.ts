// How values become PostgreSQL's text, which holds any Unicode text but U+0000 and halves of surrogate pairs.
// Not jsonb: that refuses U+0000 too, forgets -0 and the order of fields, and took twice as long to write.

/** JSON text on one line. Lossless for whatever JSON.parse can give, -0 and a field `__proto__` too. */
export function toText(value: unknown): string {
  // First, for it throws for a cycle, in which the search would never end.
  const text = JSON.stringify(value ?? null);
  return holdsNegativeZero(value) ? JSON.stringify(value, keepNegativeZero) : text;
}

/** The inverse of {@link toText}. */
export function fromText(text: string): unknown {
  return JSON.parse(text);
}

// No typings know it yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const keepNegativeZero = (_field: string, value: unknown) => (Object.is(value, -0) ? rawJSON("-0") : value);

/** Asked before, for a replacer more than doubles the time of JSON.stringify. */
function holdsNegativeZero(value: unknown): boolean {
  const open: object[] = [[value]];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const inner of Object.values(next)) {
      if (typeof inner === "object") {
        if (inner !== null) open.push(inner);
      } else if (inner === 0 && Object.is(inner, -0)) return true;
    }
  }
  return false;
}

/**
 * Many JSON texts as one parameter, for `string_to_array($n, E'\n')`: JSON text never holds a raw line break.
 * An array parameter has every quotation mark escaped, and took twice as long.
 */
export function toLines(values: readonly unknown[]): string {
  return values.map(toText).join("\n");
}

/** Marks a key that is stored as JSON text. */
const marker = "\u0001";

/** A key as text: itself, readable in SQL, unless text cannot hold it. */
export function keyText(key: string): string {
  const plain = key.isWellFormed() && !key.includes("\u0000") && !key.startsWith(marker);
  return plain ? key : marker + JSON.stringify(key);
}

/** The inverse of {@link keyText}. */
export function keyFrom(text: string): string {
  return text.startsWith(marker) ? String(JSON.parse(text.slice(1))) : text;
}

/** An int8, read as text: drivers differ in what they make of it. */
export function toInteger(text: string | undefined): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${text} is beyond the integers that a number can hold`);
}
