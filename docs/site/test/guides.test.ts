import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const docs = fileURLToPath(new URL("../..", import.meta.url));
const virtual = (name: string) => join(docs, "site/test", `${name}.snippet.ts`);

/** Every block of TypeScript in a guide, as a module of its own beside this file. */
const snippets = new Map(
  readdirSync(join(docs, "guides")).flatMap((file) =>
    [...readFileSync(join(docs, "guides", file), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, text = ""], index) => [virtual(`${file}-${index}`), text] as const,
    ),
  ),
);

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ["lib.es2024.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ["@keyline/source"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
};

test("the guides' TypeScript compiles", () => {
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => snippets.get(file) ?? readFile(file);
  host.fileExists = (file) => snippets.has(file) || fileExists(file);
  host.getSourceFile = (file, ...more) => {
    const text = snippets.get(file);
    if (text === undefined) return getSourceFile(file, ...more);
    // Modules of a package whose type is module, as the guides' readers have.
    const how = { languageVersion: ts.ScriptTarget.ES2024, impliedNodeFormat: ts.ModuleKind.ESNext } as const;
    return ts.createSourceFile(file, text, how);
  };
  const program = ts.createProgram([...snippets.keys()], options, host);
  const found = [...snippets.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
  expect(snippets.size).toBeGreaterThanOrEqual(3);
  expect(found).toEqual([]);
}, 60_000);
