import { describe, expect, it } from "vitest";
import { CompressionCodecs, CompressionTypes } from "../client/kafkajs.js";
import { registerCodecs } from "./register.js";

describe("kafkajs' compressions", () => {
  it.each(["Snappy", "LZ4", "ZSTD"] as const)("%s gives back what it was given", async (name) => {
    registerCodecs();
    const codec = CompressionCodecs[CompressionTypes[name]]();
    const text = Buffer.from("the same again and again, ".repeat(100));
    const compressed: Buffer = await codec.compress({ buffer: text });
    expect(compressed.length).toBeLessThan(text.length);
    expect(await codec.decompress(compressed)).toEqual(text);
  });
});
