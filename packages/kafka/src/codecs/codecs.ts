import { promisify } from "node:util";
import { constants, gunzip, gzip, zstdCompress, zstdDecompress } from "node:zlib";
import type { KafkaCompression } from "../client/options.js";
import type { Compression } from "../wire/write-batch.js";
import { lz4Size } from "./lz4-size.js";
import { optionalPackage } from "./optional-package.js";
import { snappySize } from "./snappy-size.js";
import { isBeyond, UnpackedTooLarge } from "./too-large.js";
import { blocksOf } from "./xerial.js";

/** A way to make a batch's records smaller, and back. Both reject with `codec_missing` where the package for it is not there. */
interface Codec extends Compression {
  /** Rejects with {@link UnpackedTooLarge} for what has more than `most` bytes, before memory holds much more than that. */
  decompress(bytes: Buffer, most: number): Promise<Buffer>;
}

/**
 * The size in which node:zlib hands out what it unpacks. In its own of 16 kB a batch of many megabytes takes twice the time; a small
 * batch keeps its whole piece in memory.
 */
const pieceOf = ({ byteLength }: Buffer): number => (byteLength > 4096 ? 65_536 : 16_384);

/** Every compression that Kafka knows, with its number there. */
export const codecs: Readonly<Record<KafkaCompression, Codec>> = {
  none: { type: 0, compress: (bytes) => bytes, decompress: async (bytes) => bytes },
  gzip: {
    type: 1,
    compress: promisify(gzip),
    decompress: (bytes, most) => promisify(gunzip)(bytes, { maxOutputLength: most, chunkSize: pieceOf(bytes) }),
  },
  snappy: {
    type: 2,
    compress: async (bytes) => (await optionalPackage("snappy")).compress(bytes),
    async decompress(bytes, most) {
      const blocks = blocksOf(bytes);
      if (blocks.reduce((sum, block) => sum + snappySize(block), 0) > most) throw new UnpackedTooLarge();
      const { uncompress } = await optionalPackage("snappy");
      const unpacked = await Promise.all(blocks.map((block) => uncompress(block, { asBuffer: true })));
      return Buffer.concat(unpacked.map((block) => Buffer.from(block)));
    },
  },
  lz4: {
    type: 3,
    compress: async (bytes) => (await optionalPackage("lz4-napi")).compressFrame(bytes),
    async decompress(bytes, most) {
      // The library has no limit of its own. No LZ4 makes more than 255 bytes of one.
      if (bytes.length * 255 > most && lz4Size(bytes, most) > most) throw new UnpackedTooLarge();
      return (await optionalPackage("lz4-napi")).decompressFrame(bytes);
    },
  },
  zstd: {
    type: 4,
    compress: promisify(zstdCompress),
    decompress: (bytes, most) =>
      promisify(zstdDecompress)(bytes, {
        maxOutputLength: most,
        chunkSize: pieceOf(bytes),
        // What a frame may ask for before its first byte.
        params: { [constants.ZSTD_d_windowLogMax]: Math.min(27, Math.max(23, Math.ceil(Math.log2(most)))) },
      }),
  },
};

const byType: readonly Codec[] = Object.values(codecs);

/**
 * Settles when the batch that began to be unpacked last has been.
 *
 * Invariant: nothing is being unpacked but what it stands for: one batch at a time, however many leaders are fetched from.
 */
let last: Promise<unknown> = Promise.resolve();

/**
 * Undoes the compression with Kafka's number. Rejects with a `RangeError` for an unknown number, and with
 * {@link UnpackedTooLarge} for a batch of more than `most` bytes.
 */
export async function decompress(type: number, bytes: Buffer, most: number): Promise<Buffer> {
  const codec = byType[type];
  if (!codec) throw new RangeError(`no compression has the number ${type}`);
  const unpacking = last.then(() => codec.decompress(bytes, most));
  last = unpacking.catch(() => undefined);
  try {
    return await unpacking;
  } catch (caught) {
    throw isBeyond(caught) ? new UnpackedTooLarge() : caught;
  }
}
