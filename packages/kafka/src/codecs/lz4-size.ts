const frameMagic = 0x184d2204;
const skippableMagic = 0x184d2a50;

/**
 * How many bytes LZ4 frames unpack to, read off their blocks without unpacking them; more than `most` is not counted to
 * its end. Throws a `RangeError` for what is not a frame.
 */
export function lz4Size(frames: Buffer, most: number): number {
  let [at, size] = [0, 0];
  while (at < frames.length && size <= most) {
    const magic = frames.readUInt32LE(at);
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
      at += 8 + frames.readUInt32LE(at + 4);
      continue;
    }
    if (magic !== frameMagic) throw new RangeError("an LZ4 frame does not begin with the right bytes");
    const flags = frames.readUInt8(at + 4);
    // Flags, block size and a checksum; the content's size and a dictionary's id where there are such.
    at += 4 + 3 + (flags & 0b1000 ? 8 : 0) + (flags & 1 ? 4 : 0);
    for (;;) {
      const head = frames.readUInt32LE(at);
      at += 4;
      if (head === 0) break;
      const length = head & 0x7fffffff;
      const block = frames.subarray(at, at + length);
      size += head > 0x7fffffff ? length : blockSize(block, most);
      if (size > most) return size;
      at += length + (flags & 0b10000 ? 4 : 0);
    }
    at += flags & 0b100 ? 4 : 0;
  }
  return size;
}

/** A block is literals and matches in turn: what it unpacks to is the sum of their lengths. */
function blockSize(block: Buffer, most: number): number {
  let [at, size] = [0, 0];
  const lengthOf = (short: number): number => {
    let length = short;
    if (short < 15) return length;
    for (let more = 255; more === 255; length += more) more = block[at++] ?? 0;
    return length;
  };
  while (at < block.length && size <= most) {
    const token = block[at++] ?? 0;
    const literals = lengthOf(token >> 4);
    size += literals;
    at += literals;
    // The last sequence has literals alone.
    if (at >= block.length) break;
    // The distance of the match.
    at += 2;
    size += lengthOf(token & 15) + 4;
  }
  return size;
}
