import { expect, test } from "vitest";
import { withMembers } from "./json-text.js";

const keyline = { contract: "a.yaml", layout: "single" };

test("members come behind the others, in the text's own indents, and nothing else changes", () => {
  const text = '{\n\t"name": "a",\n\t"files": ["dist", "src"],\n\t"scripts": {\n\t\t"test": "x"\n\t}\n}';
  expect(withMembers(text, { keyline })).toBe(
    '{\n\t"name": "a",\n\t"files": ["dist", "src"],\n\t"scripts": {\n\t\t"test": "x"\n\t},\n\t"keyline": {\n\t\t"contract": "a.yaml",\n\t\t"layout": "single"\n\t}\n}',
  );
  expect(withMembers(text, { b: "1", c: "2" }, "scripts")).toContain(
    '"scripts": {\n\t\t"test": "x",\n\t\t"b": "1",\n\t\t"c": "2"\n\t}\n}',
  );
});

test("line ends, a final newline, a mark of the byte order and four spaces are kept", () => {
  const text = '\uFEFF{\r\n    "name": "a"\r\n}\r\n';
  expect(withMembers(text, { keyline })).toBe(
    '\uFEFF{\r\n    "name": "a",\r\n    "keyline": {\r\n        "contract": "a.yaml",\r\n        "layout": "single"\r\n    }\r\n}\r\n',
  );
});

test("what stands on one line stays there, the field before the added one, too", () => {
  expect(withMembers('{"name":"a","scripts":{"t":"x"}}', { b: "1" }, "scripts")).toBe(
    '{"name":"a","scripts":{"t":"x","b":"1"}}',
  );
  expect(withMembers('{"name":"a"}\n', { keyline })).toBe(
    '{"name":"a","keyline":{"contract":"a.yaml","layout":"single"}}\n',
  );
  expect(withMembers('{\n  "name": "a",\n  "scripts": { "t": "x" }\n}\n', { b: "1" }, "scripts")).toBe(
    '{\n  "name": "a",\n  "scripts": { "t": "x", "b": "1" }\n}\n',
  );
  expect(withMembers('{\n  "scripts": { "t": "x" },\n  "files": ["a", "b"]\n}\n', { c: 1 })).toBe(
    '{\n  "scripts": { "t": "x" },\n  "files": ["a", "b"],\n  "c": 1\n}\n',
  );
});

test("empty objects are filled", () => {
  expect(withMembers("{}", { a: 1 })).toBe('{\n  "a": 1\n}');
  expect(withMembers('{\n  "scripts": {}\n}\n', { a: "1" }, "scripts")).toBe(
    '{\n  "scripts": {\n    "a": "1"\n  }\n}\n',
  );
  expect(withMembers('{"scripts":{}}', { a: "1" }, "scripts")).toBe('{"scripts":{"a":"1"}}');
});

test("strings that look like JSON are strings", () => {
  const text = '{\n  "a\\"}": "},{\\\\",\n  "x": { "scripts": { "no": 1 } },\n  "scripts": {\n    "b": "]"\n  }\n}\n';
  const added = withMembers(text, { c: "d" }, "scripts");
  expect(JSON.parse(added)).toEqual({ ...JSON.parse(text), scripts: { b: "]", c: "d" } });
  expect(added).toBe(text.replace('"]"', '"]",\n    "c": "d"'));
});

test("an object that is missing is added", () => {
  expect(withMembers('{\n  "name": "a"\n}\n', { b: "1" }, "scripts")).toBe(
    '{\n  "name": "a",\n  "scripts": {\n    "b": "1"\n  }\n}\n',
  );
});
