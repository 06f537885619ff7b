import { describe, expect, it } from "vitest";
import { codecs, decompress } from "./codecs.js";

describe("compressions", () => {
  it.each(["gzip", "snappy", "lz4", "zstd"] as const)("%s gives back what it was given", async (name) => {
    const codec = codecs[name];
    const text = Buffer.from("the same again and again, ".repeat(100));
    const compressed = await codec.compress(text);
    expect(compressed.length).toBeLessThan(text.length);
    expect(await decompress(codec.type, compressed)).toEqual(text);
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

  it("an unknown number is an error", async () => {
    await expect(decompress(7, Buffer.from("x"))).rejects.toThrow("no compression has the number 7");
  });
});
