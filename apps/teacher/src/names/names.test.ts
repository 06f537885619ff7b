import { expect, it } from "vitest";
import { createNames } from "./names.js";

const ids = Array.from({ length: 9000 }, (_, index) => String(index + 1));

it("gives no two students the same pseudonym or ref, and each the same again", () => {
  const names = createNames("secret");
  expect(new Set(ids.map(names.pseudonymOf)).size).toBe(ids.length);
  expect(new Set(ids.map(names.refOf)).size).toBe(ids.length);
  expect(createNames("secret").pseudonymOf("42")).toBe(names.pseudonymOf("42"));
  expect(names.pseudonymOf("42")).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  expect(names.pseudonymOf(String(2 ** 53 - 1))).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+ \d+$/);
});

it("tells nothing without the secret: with another one the names are others", () => {
  const [one, other] = [createNames("secret"), createNames("another")];
  const same = ids.filter((id) => one.pseudonymOf(id) === other.pseudonymOf(id));
  expect(same.length).toBeLessThan(20);
  expect(one.refOf("42")).not.toBe(other.refOf("42"));
});
