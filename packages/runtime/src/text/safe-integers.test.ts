import { expect, it } from "vitest";
import { readBeyondSafe, writtenBeyondSafe } from "./safe-integers.js";

it("finds integers beyond 2^53-1 by their path", () => {
  for (const id of [2 ** 53, -(2 ** 53), 1e20]) {
    expect(writtenBeyondSafe({ a: 1, items: [{ id: 2 }, { id }] })).toBe("items[1].id");
    expect(writtenBeyondSafe(id)).toBe("");
  }
});

it("means no safe integer, no fraction and no text", () => {
  for (const value of [2 ** 53 - 1, 0.12345678901234566, "9007199254740993", null, [], {}]) {
    expect(writtenBeyondSafe({ value })).toBeNull();
    expect(readBeyondSafe({ value })).toBeNull();
  }
});

it("what JSON writes with an exponent is written, and was rounded where it is read", () => {
  for (const value of [1e21, 1e300]) {
    expect(writtenBeyondSafe({ value })).toBeNull();
    expect(readBeyondSafe({ value })).toBe("value");
  }
});
