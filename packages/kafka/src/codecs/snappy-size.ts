/** How many bytes a Snappy block says that it unpacks to: a varint at its beginning, which unpacking holds it to. */
export function snappySize(block: Buffer): number {
  let [size, shift] = [0, 0];
  for (const byte of block.subarray(0, 5)) {
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return size;
    shift += 7;
  }
  throw new RangeError("a Snappy block does not begin with its size");
}
