import { deepestJson, isDeeper } from "./json-value.js";
import { mayHoldLongInteger, readBeyondSafe } from "./safe-integers.js";

/**
 * JSON that was read: its value, or why there is none. `isRounded`: an integer of it lost digits. `isTooDeep`: it is JSON, with
 * more levels than are read.
 */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown; readonly byteOrderMark: boolean; readonly isRounded: boolean }
  | { readonly ok: false; readonly reason: string; readonly isTooDeep: boolean };

export type JsonObject = { readonly [name: string]: unknown };

// With `ignoreBOM` the mark stays in the text, so that it can be reported.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads UTF-8 JSON. If a name appears twice in an object, the last value counts. */
export function parseJsonBytes(bytes: Uint8Array): ParsedJson {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, reason: "it is not valid UTF-8", isTooDeep: false };
  }
  return parseJsonText(text);
}

/** Reads JSON, after a byte order mark if there is one. */
export function parseJsonText(text: string): ParsedJson {
  const byteOrderMark = text.charCodeAt(0) === 0xfeff;
  try {
    const value: unknown = JSON.parse(byteOrderMark ? text.slice(1) : text);
    if (!mayBeDeep(text) || !isDeeper(value, deepestJson)) {
      return { ok: true, value, byteOrderMark, isRounded: mayHoldLongInteger(text) && readBeyondSafe(value) !== null };
    }
    return { ok: false, reason: `it has more than ${deepestJson} levels`, isTooDeep: true };
  } catch (caught) {
    return { ok: false, reason: withoutText(caught), isTooDeep: false };
  }
}

/** Engines quote the text that they cannot parse. Reasons are logged and shown, and a payload may not be: at most one character is. */
const withoutQuotes = [/^[^"]* JSON at position \d+/, /^Unexpected token '.'/su, /^Unexpected end of JSON input/];

function withoutText(caught: unknown): string {
  const message = caught instanceof Error ? caught.message : "";
  for (const known of withoutQuotes) {
    const [said] = known.exec(message) ?? [];
    if (said !== undefined) return said;
  }
  return "it cannot be parsed";
}

/** Whether the text opens as many arrays and objects as a value that is too deep; most open few, and are not walked. */
function mayBeDeep(text: string): boolean {
  let left = deepestJson;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      left -= 1;
      if (left < 0) return true;
    }
  }
  return false;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
