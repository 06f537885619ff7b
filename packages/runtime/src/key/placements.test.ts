import kafkajs from "kafkajs";
import { expect, it } from "vitest";
import { type Placement, placements } from "./placements.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const keys = [...Array.from({ length: 300 }, (_, index) => String(index + 1)), "", "é", "student-00042", "a/b"];

it("kafkajs' legacy partitioner is placed as the real one places", () => {
  const choose = kafkajs.Partitioners.LegacyPartitioner();
  for (const count of [3, 6, 12]) {
    const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
      ...{ partitionId, partitionErrorCode: 0, leader: 1, replicas: [1], isr: [1] },
    }));
    const placed = keys.map((key) => choose({ topic: "t", partitionMetadata, message: { key, value: null } }));
    expect(keys.map((key) => placements["murmur2-kafkajs-1"].place(bytes(key), count))).toEqual(placed);
  }
});

// As real clients were seen to place the keys 1 to 1000: how far apart two placements are tells whether signs are right.
it.each<[Placement, Placement, number, number]>([
  ["murmur2", "murmur2-unsigned", 12, 0.506],
  ["murmur2", "murmur2-kafkajs-1", 12, 0.915],
  ["fnv1a", "fnv1a-reference", 3, 0.343],
  ["fnv1a", "fnv1a-reference", 12, 0.42],
])("%s and %s on %i partitions differ for as many keys as their clients do", (one, other, count, share) => {
  const thousand = Array.from({ length: 1000 }, (_, index) => bytes(String(index + 1)));
  const apart = thousand.filter((key) => placements[one].place(key, count) !== placements[other].place(key, count));
  expect(apart.length / 1000).toBeCloseTo(share, 3);
});

it("every placement stays within the partitions", () => {
  for (const { place } of Object.values(placements)) {
    for (const key of keys) {
      const partition = place(bytes(key), 7);
      expect(Number.isInteger(partition) && partition >= 0 && partition < 7).toBe(true);
    }
  }
});

it("kafka-ts before 1.4 is placed as its code says", () => {
  // Computed with that release's own function.
  const { place } = placements["murmur2-kafka-ts-1.3"];
  expect(["1", "42", "12345", "student-00042"].map((key) => place(bytes(key), 12))).toEqual([7, 6, 5, 0]);
  expect(["1", "42", "12345", "student-00042"].map((key) => place(bytes(key), 7))).toEqual([5, 6, 6, 5]);
});
