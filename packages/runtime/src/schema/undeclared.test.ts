import { expect, test } from "vitest";
import type { DeclaredShape } from "../descriptor.js";
import { undeclaredPaths } from "./undeclared.js";

const course: DeclaredShape = {
  properties: { name: {}, exercises: { items: { properties: { id: {}, tags: { items: {} } } } } },
};

test("a field that is not declared is found at any depth, by its path", () => {
  const value = { name: "a", nome: "b", exercises: [{ id: 1 }, { id: 2, idd: 3 }] };
  expect(undeclaredPaths(value, course)).toEqual(["nome", "exercises[1].idd"]);
});

test("what is declared is all right, also when it is missing or has another type", () => {
  for (const value of [{}, { name: 1, exercises: "none" }, { exercises: [] }, null, "text", 3, []])
    expect(undeclaredPaths(value, course)).toEqual([]);
});

test("names that would read as two are quoted", () => {
  expect(undeclaredPaths({ "a.b": 1 }, course)).toEqual(['["a.b"]']);
});

test("a shape that says nothing takes anything; one that declares no field takes none", () => {
  expect(undeclaredPaths({ any: { thing: 1 } }, {})).toEqual([]);
  expect(undeclaredPaths({ any: { thing: 1 } }, true)).toEqual([]);
  expect(undeclaredPaths({ any: 1 }, { properties: {} })).toEqual(["any"]);
});

test("an open shape takes other names, whose values keep to its shape", () => {
  const shape: DeclaredShape = { properties: { a: {} }, additional: { properties: { b: {} } } };
  expect(undeclaredPaths({ a: { x: 1 }, more: { b: 1 }, others: { b: 1, c: 2 } }, shape)).toEqual(["others.c"]);
});

test("a pattern declares the names that it matches, beside those that are named", () => {
  const shape: DeclaredShape = {
    properties: { "x-a": { properties: { a: {} } } },
    patterns: { "^x-": { properties: { b: {} } } },
  };
  expect(undeclaredPaths({ "x-a": { a: 1, b: 2, c: 3 }, "x-b": { a: 1 }, y: 1 }, shape)).toEqual([
    "x-a.c",
    "x-b.a",
    "y",
  ]);
});

test("what any part declares is declared, inside fields that several parts declare too", () => {
  const shape: DeclaredShape = {
    anyOf: [
      { properties: { type: {}, payload: {} } },
      { properties: { payload: { properties: { a: {} } } } },
      { anyOf: [{ properties: { payload: { properties: { b: {} } } } }, {}] },
    ],
  };
  expect(undeclaredPaths({ type: 1, payload: { a: 1, b: 2, c: 3 }, tipe: 2 }, shape)).toEqual(["payload.c", "tipe"]);
});

test("one part that takes anything opens the whole", () => {
  expect(undeclaredPaths({ a: 1, b: 2 }, { anyOf: [{ properties: { a: {} } }, true] })).toEqual([]);
});

test("a shape that leads back to itself is followed as far as the value goes", () => {
  const tree: DeclaredShape = { properties: { label: {}, children: { items: { lazy: () => tree } } } };
  const value = { label: "a", children: [{ children: [{ label: "c", lable: "d" }] }] };
  expect(undeclaredPaths(value, tree)).toEqual(["children[0].children[0].lable"]);
  const circle: DeclaredShape = { anyOf: [{ lazy: () => circle }, { properties: { a: {} } }] };
  expect(undeclaredPaths({ a: 1, b: 2 }, circle)).toEqual(["b"]);
});

test("inherited names are not declared by being inherited", () => {
  const value = JSON.parse('{ "constructor": 1, "toString": 2, "__proto__": 3 }') as object;
  expect(undeclaredPaths(value, course)).toEqual(["constructor", "toString", "__proto__"]);
  const declared = { properties: JSON.parse('{ "constructor": {}, "toString": {}, "__proto__": {} }') as object };
  expect(undeclaredPaths(value, declared as DeclaredShape)).toEqual([]);
});

test("an undeclared field that is undefined is never written, and so not found", () => {
  expect(undeclaredPaths({ nome: undefined }, course)).toEqual([]);
});
