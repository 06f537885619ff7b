import { describe, expect, it } from "vitest";
import { blocksOf } from "./xerial.js";

const magic = Buffer.from("82534e41505059000000000100000001", "hex");
const framed = (...blocks: string[]) =>
  Buffer.concat([
    magic,
    ...blocks.map((block) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(block.length);
      return Buffer.concat([length, Buffer.from(block)]);
    }),
  ]);

describe("Snappy as Kafka's clients write it", () => {
  it("Java's frame holds blocks in order", () => {
    expect(blocksOf(framed("one", "", "three")).map(String)).toEqual(["one", "", "three"]);
  });

  it("without a frame all of it is one block", () => {
    const plain = Buffer.from("no frame");
    expect(blocksOf(plain)).toEqual([plain]);
  });

  it.each([-1, -4, -5, -(2 ** 31)])("a block of %i bytes is refused", (length) => {
    const frame = framed("block");
    frame.writeInt32BE(length, magic.length);
    expect(() => blocksOf(frame)).toThrow(/cut off/);
  });

  it("a frame that is cut off is refused", () => {
    expect(() => blocksOf(framed("block").subarray(0, -1))).toThrow(/cut off/);
  });
});
