/** JSON that was read: its value, or why there is none. */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown; readonly byteOrderMark: boolean }
  | { readonly ok: false; readonly reason: string };

export type JsonObject = { readonly [name: string]: unknown };

// With `ignoreBOM` the mark stays in the text, so that it can be told.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads UTF-8 JSON. Of a name that appears twice in an object the last value counts. */
export function parseJsonBytes(bytes: Uint8Array): ParsedJson {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, reason: "it is no UTF-8" };
  }
  return parseJsonText(text);
}

/** Reads JSON, after a byte order mark if there is one. */
export function parseJsonText(text: string): ParsedJson {
  const byteOrderMark = text.charCodeAt(0) === 0xfeff;
  try {
    return { ok: true, value: JSON.parse(byteOrderMark ? text.slice(1) : text) as unknown, byteOrderMark };
  } catch (caught) {
    return { ok: false, reason: caught instanceof Error ? caught.message : "it cannot be parsed" };
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
