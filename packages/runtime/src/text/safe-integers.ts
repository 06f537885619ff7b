import { pathWith } from "@keyline/json-schema";

/*
 * Integers beyond 2^53-1 cannot be distinguished from their neighbours once JSON is read: 9007199254740993 becomes
 * 9007199254740992. In the text of JSON, each of them has 16 digits or more in a row.
 */

/** The fewest digits of such an integer. */
const fewest = 16;

/** Whether JSON text may say such an integer; most says none, and its value need not be walked. */
export function mayHoldLongInteger(text: string): boolean {
  // A run of so many digits has one at each multiple of their number: only those are looked at, of every event that is read.
  for (let at = fewest - 1; at < text.length; at += fewest)
    if (isDigitAt(text, at) && isOfLongRun(text, at)) return true;
  return false;
}

function isOfLongRun(text: string, at: number): boolean {
  let [from, to] = [at, at + 1];
  while (isDigitAt(text, from - 1)) from -= 1;
  while (isDigitAt(text, to)) to += 1;
  return to - from >= fewest;
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** JSON writes larger numbers with an exponent: nothing relies on their last digits. */
const firstWithExponent = 1e21;

/** The path of an integer beyond 2^53-1 that JSON writes out in digits, e.g. `items[0].id`; null where there is none. */
export const writtenBeyondSafe = (value: unknown): string | null =>
  has(value, isWritten) ? find(value, "", isWritten) : null;

/** The same for what was read: digits were lost, however many there were. */
export const readBeyondSafe = (value: unknown): string | null => find(value, "", isBeyondSafe);

const isBeyondSafe = (number: number): boolean => Number.isInteger(number) && !Number.isSafeInteger(number);

const isWritten = (number: number): boolean => isBeyondSafe(number) && Math.abs(number) < firstWithExponent;

/** Whether some number is wanted: most values have none, and no path is made for those. */
function has(value: unknown, isWanted: (number: number) => boolean): boolean {
  if (typeof value === "number") return isWanted(value);
  if (typeof value !== "object" || value === null) return false;
  for (const inner of Object.values(value)) if (has(inner, isWanted)) return true;
  return false;
}

function find(value: unknown, path: string, isWanted: (number: number) => boolean): string | null {
  if (typeof value === "number") return isWanted(value) ? path : null;
  if (typeof value !== "object" || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = find(inner, pathWith(path, Array.isArray(value) ? Number(name) : name), isWanted);
    if (found !== null) return found;
  }
  return null;
}
