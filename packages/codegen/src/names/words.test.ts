import { describe, expect, test } from "vitest";
import { camelCase, fileName, pascalCase } from "./words.js";

describe("camelCase", () => {
  test.each([
    ["code.executed", "codeExecuted"],
    ["codeExecuted", "codeExecuted"],
    ["CodeExecuted", "codeExecuted"],
    ["ORDER_CREATED", "orderCreated"],
    ["ORDERS", "orders"],
    ["HTTPRequest", "httpRequest"],
    ["city.lamps.1.0.event.{lampId}", "cityLamps10EventLampId"],
    ["1st", "_1st"],
    ["größe", "größe"],
    ["gro\u0308ße", "größe"],
    ["漢字", "漢字"],
    ["__proto__", "proto"],
    ["*/ 'x' `y`\n{z}", "xYZ"],
    ["", ""],
    ["***", ""],
  ])("%j -> %j", (text, expected) => {
    expect(camelCase(text)).toBe(expected);
  });

  test("what it gives is an identifier, whatever it is given", () => {
    for (let code = 0; code < 0x3000; code++) {
      const name = camelCase(`a${String.fromCodePoint(code)}${String.fromCodePoint(code)}b`);
      expect(name, code.toString(16)).toMatch(/^[\p{ID_Start}_][\p{ID_Continue}]*$/u);
    }
  });
});

test("pascalCase begins in upper case where the script has one", () => {
  expect(["code.executed", "1st", "漢字", "über"].map(pascalCase)).toEqual(["CodeExecuted", "_1st", "漢字", "Über"]);
});

test("fileName is kebab-case in ASCII and never long", () => {
  expect(["codeExecuted", "HTTPRequest", "größe", "a/../b", "x".repeat(500)].map(fileName)).toEqual([
    "code-executed",
    "http-request",
    "gruf6udfe",
    "a-b",
    "x".repeat(80),
  ]);
});
