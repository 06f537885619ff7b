import { promisify } from "node:util";
import { gunzip, gzip, zstdCompress, zstdDecompress } from "node:zlib";
import { compressFrame, decompressFrame } from "lz4-napi";
import { compress, uncompress } from "snappy";
import type { KafkajsCompression } from "../client/options.js";
import type { Compression } from "../wire/write-batch.js";
import { blocksOf } from "./xerial.js";

/** A way to make a batch's records smaller, and back. */
interface Codec extends Compression {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** Every compression that Kafka knows, with its number there. */
export const codecs: Readonly<Record<KafkajsCompression, Codec>> = {
  none: { type: 0, compress: (bytes) => bytes, decompress: async (bytes) => bytes },
  gzip: { type: 1, compress: promisify(gzip), decompress: promisify(gunzip) },
  snappy: {
    type: 2,
    compress,
    async decompress(bytes) {
      const blocks = await Promise.all(blocksOf(bytes).map((block) => uncompress(block, { asBuffer: true })));
      return Buffer.concat(blocks.map((block) => Buffer.from(block)));
    },
  },
  lz4: { type: 3, compress: compressFrame, decompress: decompressFrame },
  zstd: { type: 4, compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) },
};

const byType: readonly Codec[] = Object.values(codecs);

/** Undoes the compression with Kafka's number. Rejects with a `RangeError` for an unknown number. */
export async function decompress(type: number, bytes: Buffer): Promise<Buffer> {
  const codec = byType[type];
  if (!codec) throw new RangeError(`no compression has the number ${type}`);
  return codec.decompress(bytes);
}
