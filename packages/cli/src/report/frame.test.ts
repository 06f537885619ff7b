import { expect, test } from "vitest";
import { codeFrame } from "./frame.js";

test("a frame shows the line, those before it and a caret at the column", () => {
  expect(codeFrame("a: 1\nb: 2\nc: 3\nd: 4\n", 3, 4)).toBe("  1 | a: 1\n  2 | b: 2\n> 3 | c: 3\n    |    ^");
});

test("line numbers of different width stand below each other", () => {
  const source = Array.from({ length: 12 }, (_, index) => `line${index + 1}`).join("\n");
  expect(codeFrame(source, 10, 1)).toBe("   8 | line8\n   9 | line9\n> 10 | line10\n     | ^");
});

test("a long line is cut so that the column stays in sight", () => {
  const [shown = "", caret = ""] = codeFrame(`${"x".repeat(500)}!${"y".repeat(500)}`, 1, 501).split("\n");
  expect(shown.length).toBeLessThan(130);
  expect(shown[caret.indexOf("^")]).toBe("!");
});

test("what would steer the terminal is shown as what it is not", () => {
  expect(codeFrame("a: \u001b[31mred\tb", 1, 1)).toBe("> 1 | a: \ufffd[31mred b\n    | ^");
});

test("a line that the file does not have gives no frame", () => {
  expect(codeFrame("a", 7, 1)).toBe("");
});
