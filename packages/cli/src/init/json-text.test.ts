import { expect, test } from "vitest";
import { addMembers } from "./json-text.js";

const keyline = { contract: "a.yaml", layout: "single" };

test("members come behind the others, in the text's own indents, and nothing else changes", () => {
  const text = '{\n\t"name": "a",\n\t"files": ["dist", "src"],\n\t"scripts": {\n\t\t"test": "x"\n\t}\n}';
  expect(addMembers(text, { keyline })).toBe(
    '{\n\t"name": "a",\n\t"files": ["dist", "src"],\n\t"scripts": {\n\t\t"test": "x"\n\t},\n\t"keyline": {\n\t\t"contract": "a.yaml",\n\t\t"layout": "single"\n\t}\n}',
  );
  expect(addMembers(text, { b: "1", c: "2" }, "scripts")).toContain(
    '"scripts": {\n\t\t"test": "x",\n\t\t"b": "1",\n\t\t"c": "2"\n\t}\n}',
  );
});

test("line ends, a final newline, a mark of the byte order and four spaces are kept", () => {
  const text = '\uFEFF{\r\n    "name": "a"\r\n}\r\n';
  expect(addMembers(text, { keyline })).toBe(
    '\uFEFF{\r\n    "name": "a",\r\n    "keyline": {\r\n        "contract": "a.yaml",\r\n        "layout": "single"\r\n    }\r\n}\r\n',
  );
});

test("what stands on one line stays there", () => {
  expect(addMembers('{"name":"a","scripts":{"t":"x"}}', { b: "1" }, "scripts")).toBe(
    '{"name":"a","scripts":{"t":"x","b":"1"}}',
  );
  expect(addMembers('{"name":"a"}\n', { keyline })).toBe(
    '{"name":"a","keyline":{"contract":"a.yaml","layout":"single"}}\n',
  );
  expect(addMembers('{\n  "name": "a",\n  "scripts": { "t": "x" }\n}\n', { b: "1" }, "scripts")).toBe(
    '{\n  "name": "a",\n  "scripts": { "t": "x", "b": "1" }\n}\n',
  );
});

test("empty objects are filled", () => {
  expect(addMembers("{}", { a: 1 })).toBe('{\n  "a": 1\n}');
  expect(addMembers('{\n  "scripts": {}\n}\n', { a: "1" }, "scripts")).toBe(
    '{\n  "scripts": {\n    "a": "1"\n  }\n}\n',
  );
  expect(addMembers('{"scripts":{}}', { a: "1" }, "scripts")).toBe('{"scripts":{"a":"1"}}');
});

test("strings that look like JSON are strings", () => {
  const text = '{\n  "a\\"}": "},{\\\\",\n  "x": { "scripts": { "no": 1 } },\n  "scripts": {\n    "b": "]"\n  }\n}\n';
  const added = addMembers(text, { c: "d" }, "scripts") ?? "";
  expect(JSON.parse(added)).toEqual({ ...JSON.parse(text), scripts: { b: "]", c: "d" } });
  expect(added).toBe(text.replace('"]"', '"]",\n    "c": "d"'));
});

test("the last of two members of one name counts, as for npm", () => {
  const text = '{ "scripts": { "a": "1" }, "scripts": { "b": "2" } }';
  expect(JSON.parse(addMembers(text, { c: "3" }, "scripts") ?? "").scripts).toEqual({ b: "2", c: "3" });
});

test("there is nothing to add to where no such object is", () => {
  expect(addMembers("[1]", { a: 1 })).toBeNull();
  expect(addMembers('{ "scripts": ["a"] }', { a: "1" }, "scripts")).toBeNull();
  expect(addMembers("{}", { a: "1" }, "scripts")).toBeNull();
});
