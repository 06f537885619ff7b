import type { Decompress } from "../wire/read-batches.js";
import { decompress } from "./codecs.js";
import { UnpackedTooLarge } from "./too-large.js";

/** What a record takes in memory beside its bytes, about: very many empty ones are large too. */
const recordBytes = 200;

/**
 * Unpacks the batches of one fetch: none that has more than `maxBytes`, and none any more once those before it have as many
 * together. So a fetch makes no more of memory than what it brought, the limit, and one batch.
 *
 * Invariant: `unpacked` is what the batches until now have taken; all that there is after one that was too large, which may
 * have taken as long as one of the largest size.
 */
export function createUnpacking(maxBytes: number): Decompress {
  let unpacked = 0;
  return async (type, bytes, records) => {
    if (unpacked >= maxBytes) return null;
    try {
      if (records * recordBytes > maxBytes) throw new UnpackedTooLarge();
      const found = await decompress(type, bytes, maxBytes);
      unpacked += found.byteLength + records * recordBytes;
      return found;
    } catch (caught) {
      unpacked = maxBytes;
      throw caught;
    }
  };
}
