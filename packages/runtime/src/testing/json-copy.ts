import { KeylineError } from "../errors.js";

/** As JSON would bring it back: nothing in the store is shared with its users. */
export function jsonCopy<T>(value: T): T {
  try {
    return JSON.parse(JSON.stringify(value, keepNegativeZero)) as T;
  } catch (caught) {
    throw new KeylineError("store_unavailable", `cannot store what is not valid JSON: ${String(caught)}`, {
      cause: caught,
      retryable: false,
    });
  }
}

// No typings know it yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const keepNegativeZero = (_field: string, value: unknown) => (Object.is(value, -0) ? rawJSON("-0") : value);
