import { expect, test } from "vitest";
import { createScope } from "./scope.js";

test("a name that is taken gets the next number", () => {
  const scope = createScope(["a"]);
  expect(["a", "b", "b", "b"].map((name) => scope.take([name]))).toEqual(["a2", "b", "b2", "b3"]);
});

test("names that are equal when folded are taken", () => {
  const scope = createScope([], (name) => name.toLowerCase());
  expect(["Order", "order"].map((name) => scope.take([name]))).toEqual(["Order", "order2"]);
});

test("a name is free only with all that goes with it", () => {
  const scope = createScope(["OrderInput"]);
  const names = (base: string) => [base, `${base}Input`];
  expect(scope.take(["Order"], names)).toBe("Order2");
  expect(scope.take(["Order"])).toBe("Order");
});
