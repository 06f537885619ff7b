import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fnv1a32, murmur2 } from "./hash.js";
import { type Partitioner, partitionOf } from "./partitioner.js";

type ByPartitioner<Value> = { readonly [Name in Partitioner]: Value };

const vectors = JSON.parse(readFileSync(new URL("../../fixtures/partitioners.json", import.meta.url), "utf8")) as {
  readonly partitions: { readonly [count: string]: ByPartitioner<readonly number[]> };
  readonly special: { readonly [key: string]: { readonly [count: string]: ByPartitioner<number> } };
};
const partitioners: readonly Partitioner[] = ["murmur2", "consistent", "fnv1a"];
const counts = Object.keys(vectors.partitions);
const bytes = (text: string) => new TextEncoder().encode(text);

describe("partitionOf", () => {
  for (const partitioner of partitioners) {
    it.each(counts)(`places the keys 1 to 300 by ${partitioner} on %s partitions as real clients do`, (count) => {
      const golden = vectors.partitions[count]?.[partitioner];
      expect(golden).toHaveLength(300);
      expect(golden?.map((_, index) => partitionOf(partitioner, bytes(String(index + 1)), Number(count)))).toEqual(
        golden,
      );
    });

    it(`places the special keys by ${partitioner} as real clients do`, () => {
      const keys = Object.keys(vectors.special);
      expect(keys).toContain("");
      for (const key of keys) {
        for (const count of counts) {
          const golden = vectors.special[key]?.[count]?.[partitioner];
          expect([key, count, partitionOf(partitioner, bytes(key), Number(count))]).toEqual([key, count, golden]);
        }
      }
    });

    it(`stays within the partitions by ${partitioner} for keys of every length`, () => {
      for (let length = 0; length < 40; length += 1) {
        const partition = partitionOf(partitioner, new Uint8Array(length).fill(0xfe), 7);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(7);
      }
    });
  }

  it.each([0, -1, 1.5, Number.NaN])("refuses %s partitions", (count) => {
    expect(() => partitionOf("fnv1a", bytes("42"), count)).toThrow(/\[options_invalid\]/);
  });
});

describe("hashes", () => {
  it.each([
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ])("gives Java's murmur2 of %s", (text, expected) => {
    expect(murmur2(bytes(text)) | 0).toBe(expected);
  });

  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("gives the published FNV-1a of %j", (text, expected) => {
    expect(fnv1a32(bytes(text))).toBe(expected);
  });
});
