import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as surface from "../src/index.js";
import * as source from "../src/source.js";

const src = fileURLToPath(new URL("../src", import.meta.url));

test("the package exports what it says, and no more", () => {
  expect(Object.keys(surface).sort()).toEqual([
    "createContractReader",
    "createValidator",
    "defaultMaxKeyBytes",
    "formatDiagnostic",
    "loadContract",
    "namedTopics",
    "parseContract",
    "rules",
  ]);
  expect(Object.keys(source).sort()).toEqual([
    "convertContract",
    "createTimeLimit",
    "loadContractSource",
    "outOfTime",
    "readKeyChoices",
  ]);
});

test("a diagnostic reads as one line and its fix", () => {
  const diagnostic = { file: "a.yaml", line: 3, column: 7, severity: "error", rule: "key-type", message: "m" } as const;
  expect(surface.formatDiagnostic({ ...diagnostic, fix: "do it" })).toBe("a.yaml:3:7 error key-type  m\n  fix: do it");
  expect(surface.formatDiagnostic({ ...diagnostic, fix: null })).toBe("a.yaml:3:7 error key-type  m");
});

test("control characters in a name cannot break the line or reach the terminal", () => {
  const diagnostic = {
    file: "a",
    line: 1,
    column: 1,
    severity: "info",
    rule: "r",
    message: "x\n\u001b[31m",
    fix: null,
  } as const;
  expect(surface.formatDiagnostic(diagnostic)).toBe("a:1:1 info r  x\\u000a\\u001b[31m");
});

test("no source imports the AsyncAPI parser before it is needed", () => {
  const sources = globSync("**/*.ts", { cwd: src, exclude: ["**/*.test.ts"] });
  expect(sources).toContain("official/parser.ts");
  for (const path of sources)
    expect(readFileSync(`${src}/${path}`, "utf8")).not.toMatch(/^(import|export) .*@asyncapi/m);
});
