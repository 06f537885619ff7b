import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateFromFile } from "@keyline/codegen";
import ts from "typescript";
import { expect, test } from "vitest";

const docs = fileURLToPath(new URL("../..", import.meta.url));
const beside = (path: string) => join(docs, "site/test", path);
const virtual = (name: string) => beside(`${name}.snippet.ts`);

/** The first page, and the guides. */
const pages = ["README.md", ...readdirSync(join(docs, "guides")).map((file) => `guides/${file}`)];

/** Every block of TypeScript in them, as a module of its own beside this file. */
const snippets = new Map(
  pages.flatMap((page) =>
    [...readFileSync(join(docs, page), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, text = ""], index) => [virtual(`${page.replace("/", "-")}-${index}`), text] as const,
    ),
  ),
);

/** What snippets import by path: those that name a file of their own, and the code of the contract that `init` writes. */
async function imported(): Promise<ReadonlyMap<string, string>> {
  const named = [...snippets.values()].flatMap((text) => {
    const [, path] = /^\/\/ src\/(\S+)\n/.exec(text) ?? [];
    return path === undefined ? [] : [[beside(path), text] as const];
  });
  const contract = join(docs, "../packages/cli/template/asyncapi.yaml");
  const { files } = await generateFromFile(contract, { layout: "single" });
  return new Map([...named, ...files.map(({ path, content }) => [beside(`keyline/${path}`), content] as const)]);
}

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

test("the TypeScript of the first page and of the guides compiles", async () => {
  const modules = new Map([...(await imported()), ...snippets]);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => modules.get(file) ?? readFile(file);
  host.fileExists = (file) => modules.has(file) || fileExists(file);
  // The folder of the generated code is not on the disk either: each file is asked for.
  host.directoryExists = () => true;
  host.getSourceFile = (file, ...more) => {
    const text = modules.get(file);
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
}, 180_000);
