import { expect, test } from "vitest";
import { nearest } from "./nearest.js";

test("a typing error finds the nearest name", () => {
  expect(nearest("key-requird", ["key-type", "key-required", "asyncapi"])).toBe("key-required");
});

test("a word that is like none finds none", () => {
  expect(nearest("zzzzzz", ["key-type", "key-required"])).toBeNull();
});

test("two letters that changed places are one slip", () => {
  expect(nearest("tpye", ["type", "then"], 1)).toBe("type");
  expect(nearest("typ", ["type"], 1)).toBe("type");
  expect(nearest("tpey", ["type"], 1)).toBeNull();
});
