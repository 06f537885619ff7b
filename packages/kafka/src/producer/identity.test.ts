import { expect, it } from "vitest";
import { advance, sequenceOf } from "./identity.js";

const place = { topic: "t", partition: 1 };

it("a partition's place moves on by its records, and starts over after the highest 32-bit number", () => {
  const identity = { producerId: 1n, producerEpoch: 0, sequences: new Map<string, number>() };
  expect(sequenceOf(identity, place)).toBe(0);
  advance(identity, place, 0, 3);
  expect(sequenceOf(identity, place)).toBe(3);
  expect(sequenceOf(identity, { topic: "t", partition: 2 })).toBe(0);
  advance(identity, place, 2 ** 31 - 2, 5);
  expect(sequenceOf(identity, place)).toBe(3);
});
