/** Java's murmur2 as an unsigned 32-bit number: seed 0x9747b28c, read in little-endian words. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const tail = length & ~3;
  let hash = 0x9747b28c ^ length;
  for (let at = 0; at < tail; at += 4) {
    const word =
      byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24);
    const mixed = Math.imul(word, murmurFactor);
    hash = Math.imul(hash, murmurFactor) ^ Math.imul(mixed ^ (mixed >>> 24), murmurFactor);
  }
  if (length > tail) {
    for (let at = length - 1; at >= tail; at -= 1) hash ^= byteAt(bytes, at) << ((at - tail) * 8);
    hash = Math.imul(hash, murmurFactor);
  }
  hash = Math.imul(hash ^ (hash >>> 13), murmurFactor);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const murmurFactor = 0x5bd1e995;

/** 32-bit FNV-1a as an unsigned number. */
export function fnv1a32(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1) hash = Math.imul(hash ^ byteAt(bytes, at), 0x01000193);
  return hash >>> 0;
}

/** A byte that is known to exist. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
