import { KeylineError } from "../errors.js";

/** What a domain's key is made of. */
export type KeyType = "integer" | "string";

/** How long a key may be where the contract says nothing: what names a row has to fit an index. */
const defaultMaxKeyBytes = 1024;

/** What a domain says of its keys. */
export interface KeyRules {
  readonly keyType: KeyType;
  readonly maxKeyBytes?: number;
}

/** The canonical text of a key of the domain. Throws `key_invalid` as `canonicalKey` does, and for one that is too long. */
export function keyIn(domain: KeyRules, value: unknown): string {
  const key = canonicalKey(value, domain.keyType);
  const { maxKeyBytes = defaultMaxKeyBytes } = domain;
  if (!isTooLong(key, domain)) return key;
  const reason = `it has ${Buffer.byteLength(key)} bytes, its domain allows ${maxKeyBytes}`;
  throw new KeylineError("key_invalid", `the key cannot be ${shown(value)}: ${reason}`);
}

/** Whether a key's text is longer than its domain allows. */
export function isTooLong(key: string, { maxKeyBytes = defaultMaxKeyBytes }: Pick<KeyRules, "maxKeyBytes">): boolean {
  // A character has three bytes at most: most keys need no counting.
  return key.length * 3 > maxKeyBytes && Buffer.byteLength(key) > maxKeyBytes;
}

/**
 * The canonical text of a key: an integer as decimal digits (0 to 2^53-1; no sign, leading zero, exponent or fraction),
 * or a non-empty string as it is. -0 gives "0", as in JSON. Throws `key_invalid` for anything else, also for a string
 * that is not valid Unicode (a lone surrogate).
 */
export function canonicalKey(value: unknown, type: KeyType): string {
  const reason = type === "integer" ? integerFault(value) : stringFault(value);
  if (reason !== null) throw new KeylineError("key_invalid", `the key cannot be ${shown(value)}: ${reason}`);
  return String(value);
}

/** Whether a text is the canonical text of a key of this type. */
export function isCanonicalKey(text: string, type: KeyType): boolean {
  if (type === "string") return stringFault(text) === null;
  return /^(0|[1-9][0-9]{0,15})$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER;
}

/** The bytes of a key on a record. */
export function keyBytes(key: string): Uint8Array {
  return Buffer.from(key, "utf8");
}

function integerFault(value: unknown): string | null {
  if (typeof value !== "number") return "it has to be a number, as its contract says";
  if (!Number.isInteger(value)) return "it has to be an integer";
  if (value < 0) return "it must not be negative";
  return value > Number.MAX_SAFE_INTEGER ? "above 2^53-1 digits get lost" : null;
}

function stringFault(value: unknown): string | null {
  if (typeof value !== "string") return "it has to be a string, as its contract says";
  if (value === "") return "it must not be empty";
  return /\p{Surrogate}/u.test(value) ? "it holds half a surrogate pair, which UTF-8 cannot say" : null;
}

function shown(value: unknown): string {
  if (typeof value === "string")
    return value.length > 60 ? `a string of ${value.length} characters` : JSON.stringify(value);
  return typeof value === "number" || value === null || value === undefined ? String(value) : `of type ${typeof value}`;
}
