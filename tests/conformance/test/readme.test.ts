import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";

const root = join(import.meta.dirname, "../../..");
const folder = join(root, ".keyline/readme");

/** The README's TypeScript, as one module. */
function snippets(): string {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  return [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]).join("\n");
}

test("the README's code compiles under the strictest flags, runs, and prints what it says", async () => {
  const code = snippets();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "snippets.ts"), code);
  const options = { extends: "../../tsconfig.base.json", include: ["snippets.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  execFileSync(join(root, "node_modules/.bin/tsc7"), ["--noEmit", "-p", folder], { stdio: "pipe" });
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...parts) => void printed.push(parts.join(" ")));
  await import(join(folder, "snippets.ts"));
  log.mockRestore();
  const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
  expect(promised.length).toBeGreaterThan(1);
  expect(printed).toEqual(promised);
});
