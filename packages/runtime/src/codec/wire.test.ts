import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const sources = new URL("../", import.meta.url);
const page = readFileSync(new URL("../../../../docs/wire.md", import.meta.url), "utf8");

/** The headers that a section's table names: `a-b`, `-c` stands for `a-b` and `a-c`. */
function headersIn(section: string): string[] {
  const [, text = ""] = page.split(`## ${section}\n`);
  const rows = (text.split("\n## ")[0] ?? "").split("\n").filter((line) => /^\| `/.test(line));
  return rows.flatMap((row) => {
    const names = [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    const [first = ""] = names;
    const stem = first.replace(/-(topic|first-at)$/, "");
    return names.map((name) => (name.startsWith("-") ? `${stem}${name}` : name));
  });
}

/** Every header of Keyline's that the runtime's code names, where `keyline-error-` stands for all that begin so. */
function headersInCode(): Set<string> {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const texts = files.map((file) =>
    readFileSync(new URL(file, sources), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""),
  );
  const found = texts.flatMap((text) =>
    [...text.matchAll(/["`](keyline-[a-z-]*[a-z])["`]/g)].map(([, name = ""]) => name),
  );
  // The prefix that callers may not use, and the protocol of groups.
  return new Set(found.filter((name) => name !== "keyline-lanes"));
}

test("the page about the wire has every header that the code names, and no other as written", () => {
  const onPage = [
    ...headersIn("Written by producers"),
    ...headersIn("Written on dead letters"),
    ...headersIn("Written by tools"),
  ];
  const keyline = onPage.filter((name) => name.startsWith("keyline-"));
  const inCode = headersInCode();
  expect([...inCode].filter((name) => !keyline.includes(name))).toEqual([]);
  const history = keyline.filter((name) => name.startsWith("keyline-error-") && !inCode.has(name));
  expect(keyline.filter((name) => !inCode.has(name) && !history.includes(name))).toEqual([]);
  expect(history.length).toBeGreaterThan(5);
});
