import { hash } from "node:crypto";

/** How many slots relays share: fixed for ever, since rows keep theirs. */
export const slotCount = 64;

/** Where an event's key stands in the outbox. */
export interface KeyPlace {
  /** A signed 64-bit integer as decimal text: the name of the advisory lock, and what parked keys are found by. */
  readonly hash: string;
  readonly slot: number;
}

/**
 * The place of a key: the first 8 bytes of the SHA-256 of the domain's name, U+0000 and the key (UTF-8), as a signed
 * big-endian integer; its slot is the last 6 bits. Part of what is stored: never to be changed.
 */
export function keyPlace(domain: string, key: string): KeyPlace {
  const bytes = Buffer.from(hash("sha256", `${domain}\u0000${key}`, "hex").slice(0, 16), "hex");
  return { hash: bytes.readBigInt64BE().toString(), slot: (bytes[7] ?? 0) % slotCount };
}
