/** Chance that is the same for the same seed, whoever else draws. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** Whether something with this probability happens. */
  chance(probability: number): boolean;
  /** A number between the two, the upper one left out. */
  between(low: number, high: number): number;
  /** A whole number between the two, both included. */
  integer(low: number, high: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** A version 4 UUID. */
  uuid(): string;
}

/** Makes a source of chance (sfc32) from a seed and what it is for: two purposes draw apart. */
export function createRandom(seed: number, purpose: number): Random {
  const next = sfc32(seed, purpose);
  const integer = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    between: (low, high) => low + next() * (high - low),
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    uuid: () => uuidFrom(() => integer(0, 255)),
  };
}

/** PractRand-clean and small; see https://pracrand.sourceforge.net/RNG_engines.txt. */
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

function uuidFrom(byte: () => number): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, byte));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
