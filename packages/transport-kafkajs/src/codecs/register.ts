import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import type { CompressionTypes as CompressionType } from "kafkajs";
import { compressFrame, decompressFrame } from "lz4-napi";
import { compress, uncompress } from "snappy";
import { CompressionCodecs, CompressionTypes } from "../client/kafkajs.js";
import type { KafkajsCompression } from "../client/options.js";
import { blocksOf } from "./xerial.js";

/** What kafkajs wants of a codec. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

const snappy: Codec = {
  compress: ({ buffer }) => compress(buffer),
  async decompress(bytes) {
    const blocks = await Promise.all(blocksOf(bytes).map((block) => uncompress(block, { asBuffer: true })));
    return Buffer.concat(blocks.map((block) => Buffer.from(block)));
  },
};

const lz4: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (bytes) => decompressFrame(bytes),
};

const zstd: Codec = {
  compress: ({ buffer }) => promisify(zstdCompress)(buffer),
  decompress: (bytes) => promisify(zstdDecompress)(bytes),
};

/** Teaches kafkajs, which has only gzip, to read and write every compression that Kafka knows. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => snappy;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd;
}

/** kafkajs' number of each. */
export const compressionTypes: Readonly<Record<KafkajsCompression, CompressionType>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};
