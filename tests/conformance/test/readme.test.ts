import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test, vi } from "vitest";

const root = join(import.meta.dirname, "../../..");
const folder = join(root, ".keyline/readme");
const template = join(root, "packages/cli/template/asyncapi.yaml");

/** The blocks of TypeScript of a page. */
const blocksOf = (page: string) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);

/** What a module says that it prints: in a comment behind the call, or in the lines below it. */
const promisedBy = (code: string) =>
  [...code.matchAll(/console\.(?:log|error)\(.*\);(?: \/\/ (.*)|((?:\n *\/\/ .*)+))$/gm)].flatMap(
    ([, beside, below]) => (beside === undefined ? (below ?? "").split(/\n *\/\/ /).slice(1) : [beside]),
  );

const shown = (part: unknown) => (typeof part === "string" ? part : inspect(part).replaceAll("'", '"'));

/** Runs a module, and returns the lines that it prints. */
async function printedBy(name: string, code: string): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.ts`), code);
  const printed: string[] = [];
  const take = (...parts: readonly unknown[]) => void printed.push(...parts.map(shown).join(" ").split("\n"));
  const spies = [
    vi.spyOn(console, "log").mockImplementation(take),
    vi.spyOn(console, "error").mockImplementation(take),
  ];
  try {
    await import(join(folder, `${name}.ts`));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed;
}

test("the README's code compiles under the strictest flags, runs, and prints what it says", async () => {
  const code = blocksOf("README.md").join("\n");
  const printed = await printedBy("snippets", code);
  const options = { extends: "../../tsconfig.base.json", include: ["snippets.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  execFileSync(join(root, "node_modules/.bin/tsc7"), ["--noEmit", "-p", folder], { stdio: "pipe" });
  expect(promisedBy(code)).toHaveLength(2);
  expect(printed).toEqual(promisedBy(code));
});

test("docs/guides/testing.md: its code prints what it says", async () => {
  const blocks = blocksOf("docs/guides/testing.md").filter((block) => promisedBy(block).length > 0);
  expect(blocks.flatMap(promisedBy)).toHaveLength(3);
  for (const [index, block] of blocks.entries())
    expect(await printedBy(`testing-${index}`, block)).toEqual(promisedBy(block));
});

/** The contract of `keyline init`, changed. */
function contract(name: string, change: (text: string) => string): string {
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, change(readFileSync(template, "utf8")));
  return file;
}

test("packages/contract/README.md: its code prints what it says of a key that is optional", async () => {
  const code = blocksOf("packages/contract/README.md").join("\n");
  expect(promisedBy(code)).toHaveLength(2);
  const file = contract("optional.yaml", (text) => text.replace("timestamp, order_id, total]", "timestamp, total]"));
  const printed = await printedBy("contract", code.replace('"asyncapi.yaml"', JSON.stringify(file)));
  expect(printed.map((line) => line.replace(file, "asyncapi.yaml"))).toEqual(promisedBy(code));
});

test("packages/contract-diff/README.md: its code prints what it says of a field that is new and required", async () => {
  const code = blocksOf("packages/contract-diff/README.md").join("\n");
  expect(promisedBy(code)).toHaveLength(2);
  const file = contract("required.yaml", (text) =>
    text
      .replace("timestamp, order_id, total]", "timestamp, order_id, total, note]")
      .replace("total: { type: integer", "note: { type: string }\n          total: { type: integer"),
  );
  const before = `const atRelease = async () => ${JSON.stringify(readFileSync(template, "utf8"))};\n`;
  const run = code.replaceAll('"asyncapi.yaml"', JSON.stringify(file));
  expect(await printedBy("diff", `${before}${run}`)).toEqual(promisedBy(code));
});
