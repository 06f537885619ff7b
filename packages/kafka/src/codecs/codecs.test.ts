import { randomBytes } from "node:crypto";
import { compressFrame } from "lz4-napi";
import { describe, expect, it, vi } from "vitest";
import { codecs, decompress } from "./codecs.js";
import { lz4Size } from "./lz4-size.js";
import { UnpackedTooLarge } from "./too-large.js";
import { createUnpacking } from "./unpacking.js";

describe("compressions", () => {
  it.each(["gzip", "snappy", "lz4", "zstd"] as const)("%s gives back what it was given", async (name) => {
    const codec = codecs[name];
    const text = Buffer.from("the same again and again, ".repeat(100));
    const compressed = await codec.compress(text);
    expect(compressed.length).toBeLessThan(text.length);
    expect(await decompress(codec.type, compressed, 1_000_000)).toEqual(text);
  });

  it.each(["gzip", "snappy", "lz4", "zstd"] as const)(
    "%s unpacks up to its limit, and nothing larger",
    async (name) => {
      const { type, compress } = codecs[name];
      const text = Buffer.alloc(300_000, "again, ");
      const compressed = await compress(text);
      expect(await decompress(type, compressed, text.length)).toEqual(text);
      await expect(decompress(type, compressed, text.length - 1)).rejects.toThrow(UnpackedTooLarge);
    },
  );

  it("LZ4's size is counted as it unpacks, whatever its blocks hold", async () => {
    const mixed = Buffer.concat([Buffer.alloc(200_000), randomBytes(70_000), Buffer.alloc(999, "abc"), Buffer.of(1)]);
    for (const text of [Buffer.alloc(0), Buffer.of(7), Buffer.alloc(15, 1), randomBytes(19), mixed]) {
      const options = { contentChecksum: true, blockChecksums: true };
      const frame = await compressFrame(text, options);
      expect(lz4Size(frame, 1_000_000)).toBe(text.length);
      expect(lz4Size(Buffer.concat([frame, await compressFrame(text)]), 1_000_000)).toBe(2 * text.length);
    }
  });

  it("a fetch unpacks no more once its batches reach the limit together, and nothing after one that was too large", async () => {
    const { type, compress } = codecs.gzip;
    const [small, large] = [await compress(Buffer.alloc(600)), await compress(Buffer.alloc(5000))];
    const unpack = createUnpacking(1000);
    expect((await unpack(type, small, 1))?.length).toBe(600);
    expect((await unpack(type, small, 1))?.length).toBe(600);
    expect(await unpack(type, small, 1)).toBeNull();
    const another = createUnpacking(1000);
    await expect(another(type, large, 1)).rejects.toThrow(UnpackedTooLarge);
    expect(await another(type, small, 1)).toBeNull();
    await expect(createUnpacking(1000)(type, small, 6)).rejects.toThrow(UnpackedTooLarge);
  });

  it("batches are unpacked one at a time, whichever leader they come from, and one that cannot be holds up no other", async () => {
    let [underWay, most] = [0, 0];
    const unpacking = vi.spyOn(codecs.gzip, "decompress").mockImplementation(async (bytes) => {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      if (bytes.length === 2) throw new RangeError("it is broken");
      return bytes;
    });
    const sizes = [1, 2, 3];
    const unpacked = await Promise.allSettled(sizes.map((size) => decompress(1, Buffer.alloc(size), 100)));
    unpacking.mockRestore();
    expect([unpacked.map(({ status }) => status), most]).toEqual([["fulfilled", "rejected", "fulfilled"], 1]);
  });

  it("have Kafka's numbers", () => {
    expect(Object.entries(codecs).map(([name, { type }]) => [name, type])).toEqual([
      ["none", 0],
      ["gzip", 1],
      ["snappy", 2],
      ["lz4", 3],
      ["zstd", 4],
    ]);
  });

  it.each([
    ["snappy", "snappy"],
    ["lz4", "lz4-napi"],
  ] as const)("%s without its package is told with the first batch, written or read", async (name, packageName) => {
    const { type, compress } = codecs[name];
    const bytes = Buffer.alloc(100);
    const packed = await compress(bytes);
    vi.doMock(packageName, () => {
      throw new Error(`Cannot find package '${packageName}' imported from /app/main.js\nsome more`);
    });
    const missing = { code: "codec_missing", retryable: false, rawMessage: expect.stringContaining(packageName) };
    await expect(compress(bytes)).rejects.toMatchObject(missing);
    await expect(decompress(type, packed, 1000)).rejects.toMatchObject(missing);
    vi.doUnmock(packageName);
    expect(await decompress(type, await compress(bytes), 1000)).toEqual(bytes);
  });

  it("an unknown number is an error", async () => {
    await expect(decompress(7, Buffer.from("x"), 10)).rejects.toThrow("no compression has the number 7");
  });
});
