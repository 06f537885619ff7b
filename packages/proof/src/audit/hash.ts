/** Two independent 32-bit hashes of a text or of bytes, as 64 bits that meet by chance once in 2^64. */
export interface Hash64 {
  high: number;
  low: number;
}

/** Hashes into `out`, so that a record costs no object. */
export function hashText(text: string, out: Hash64): void {
  let [one, two] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x9e3779b1);
    two = Math.imul(two ^ code, 0x5f356495);
    one = (one << 13) | (one >>> 19);
    two = (two << 17) | (two >>> 15);
  }
  finish(one, two, text.length, out);
}

/** As {@link hashText}, of bytes. */
export function hashBytes(bytes: Uint8Array, out: Hash64): void {
  let [one, two] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes[at] ?? 0;
    one = Math.imul(one ^ code, 0x9e3779b1);
    two = Math.imul(two ^ code, 0x5f356495);
    one = (one << 13) | (one >>> 19);
    two = (two << 17) | (two >>> 15);
  }
  finish(one, two, bytes.length, out);
}

function finish(one: number, two: number, length: number, out: Hash64): void {
  out.high = mix(one ^ length ^ (two >>> 7));
  out.low = mix(two ^ Math.imul(one, 0x2c1b3c6d));
}

/** Spreads every bit over all of them. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** 53 of the 64 bits, as a number that a Set can hold. */
export const asNumber = ({ high, low }: Hash64): number => (high & 0x1fffff) * 2 ** 32 + low;
