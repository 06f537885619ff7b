/**
 * murmur2 as two JavaScript clients once had it: in floating-point numbers, whose products above 2^53 lose their low
 * digits. It agrees with the real one by chance only, and those clients' records still lie where it put them.
 */
export function doubleMurmur2(bytes: Uint8Array, client: "kafkajs-1" | "kafka-ts-1.3"): number {
  const { length } = bytes;
  // kafkajs counted a word for the rest, too, which reads beyond the end; kafka-ts shifted with the sign.
  const words = client === "kafkajs-1" ? length / 4 : Math.floor(length / 4);
  const shifted = client === "kafkajs-1" ? unsignedShift : signedShift;
  const at = (index: number) => bytes[index] ?? 0;
  let hash = 0x9747b28c ^ length;
  for (let word = 0; word < words; word += 1) {
    const from = word * 4;
    let mixed = at(from) + (at(from + 1) << 8) + (at(from + 2) << 16) + (at(from + 3) << 24);
    mixed *= factor;
    mixed ^= shifted(mixed, 24);
    mixed *= factor;
    hash *= factor;
    hash ^= mixed;
  }
  const tail = length & ~3;
  if (length > tail) {
    for (let index = length - 1; index >= tail; index -= 1) hash ^= at(index) << ((index - tail) * 8);
    hash *= factor;
  }
  hash ^= shifted(hash, 13);
  hash *= factor;
  return hash ^ shifted(hash, 15);
}

const factor = 0x5bd1e995;
const unsignedShift = (value: number, by: number) => value >>> by;
const signedShift = (value: number, by: number) => value >> by;
