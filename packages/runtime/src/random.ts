/** A random source that its seed determines: the same seed and purpose give the same values. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  readonly next: () => number;
  /** A whole number from 0 up to, but not including, `limit`. */
  readonly below: (limit: number) => number;
  /** A whole number between the two, both included. */
  integer(low: number, high: number): number;
  /** A number between the two, without the upper one. */
  between(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items; there has to be at least one. */
  pick<Item>(items: readonly Item[]): Item;
  /** Puts the items into a random order, in place. */
  shuffle<Item>(items: Item[]): Item[];
  /** A version 4 UUID. */
  uuid(): string;
}

/** Creates a random source from a seed and a purpose: sources with different purposes are independent. */
export function createRandom(seed: number, purpose = 0): Random {
  const next = sfc32(seed, purpose);
  const below = (limit: number) => Math.floor(next() * limit);
  const integer = (low: number, high: number) => low + below(high - low + 1);
  return {
    next,
    below,
    integer,
    chance: (probability) => next() < probability,
    between: (low, high) => low + next() * (high - low),
    pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
    shuffle: (items) => shuffled(items, below),
    uuid: () => uuidOf(() => below(256)),
  };
}

/**
 * PractRand-clean and small; see https://pracrand.sourceforge.net/RNG_engines.txt.
 * Invariant: `a`, `b` and `c` are the last 96 bits of the chaotic part, `d` counts the draws: from one seed and purpose they
 * depend on nothing else, and since `d` counts, no state comes back before 2^32 draws.
 */
function sfc32(seed: number, purpose: number): () => number {
  let [a, b, c, d] = [seed | 0, purpose | 0, (seed / 2 ** 32) | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first draws show the seed.
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

function shuffled<Item>(items: Item[], below: (limit: number) => number): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = below(at + 1);
    const kept = items[at] as Item;
    items[at] = items[other] as Item;
    items[other] = kept;
  }
  return items;
}

function uuidOf(byte: () => number): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, byte));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
