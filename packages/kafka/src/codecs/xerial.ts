/** How Java's Snappy frames what it compresses: a magic text, two versions, then blocks with their lengths. */
const magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const headerBytes = magic.length + 8;

/** The compressed blocks in order; what has no frame (librdkafka, sarama) is one block. Throws for a frame that is cut off. */
export function blocksOf(framed: Buffer): Buffer[] {
  if (!framed.subarray(0, magic.length).equals(magic)) return [framed];
  const blocks: Buffer[] = [];
  for (let at = headerBytes; at < framed.length; ) {
    // Without a sign: a block of -4 bytes would lead back to itself, for ever.
    const end = at + 4 + framed.readUInt32BE(at);
    if (end > framed.length) throw new RangeError("a Snappy block is cut off");
    blocks.push(framed.subarray(at + 4, end));
    at = end;
  }
  return blocks;
}
