import fc from "fast-check";
import { expect, it } from "vitest";
import { mayHoldLongInteger, readBeyondSafe, writtenBeyondSafe } from "./safe-integers.js";

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

it("sees 16 digits in a row, wherever they are in a text", () => {
  const part = fc.oneof(fc.stringMatching(/^\d{0,40}$/), fc.stringMatching(/^[a-z".:-]{0,20}$/));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join("");
      expect(mayHoldLongInteger(text)).toBe(/\d{16}/.test(text));
    }),
    { numRuns: 500 },
  );
});
