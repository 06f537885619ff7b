import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { hostileContract } from "./contracts/hostile.js";
import { compile, type Generated, layOut } from "./kit/compile.js";
import { filesOf } from "./kit/generated.js";
import { load } from "./kit/load.js";
import { snippetModule } from "./kit/snippets.js";

const hostile: Generated = { scope: "@hostile", files: filesOf(hostileContract, "@hostile") };
let root = "";

beforeAll(async () => {
  root = await layOut("hostile", [hostile]);
});

const sources = hostile.files.filter(({ path }) => path.endsWith(".ts"));

test("a hostile contract's packages compile, with their snippets", async () => {
  const snippets = join(root, "snippets.ts");
  await writeFile(snippets, snippetModule(hostile));
  expect(await compile(root, [hostile], [snippets])).toEqual([]);
}, 60_000);

test("nothing of a hostile contract runs when the packages are loaded", async () => {
  for (const part of ["events", "producer", "consumer"]) {
    expect(Object.keys(await load(root, hostile, part)).length).toBeGreaterThan(0);
  }
  expect("pwned" in globalThis).toBe(false);
});

test("generated modules import from known places only, and hold declarations only", () => {
  const kinds = new Set<string>();
  for (const { path, content } of sources) {
    const { statements } = ts.createSourceFile(path, content, ts.ScriptTarget.ES2024, true);
    for (const statement of statements) {
      kinds.add(ts.SyntaxKind[statement.kind]);
      if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) {
        expect(statement.moduleSpecifier?.getText()).toMatch(
          /^"(zod|@keyline\/runtime\/codegen|@hostile\/events|\.\.?\/[a-z0-9/-]+\.js)"$/,
        );
      }
    }
  }
  expect([...kinds].sort()).toEqual([
    "ExportDeclaration",
    "FirstStatement",
    "ImportDeclaration",
    "InterfaceDeclaration",
    "TypeAliasDeclaration",
  ]);
});

test("no assignment and no call of anything but the schema helpers is in generated modules", () => {
  const calls = new Set<string>();
  const visit = (node: ts.Node) => {
    expect(ts.isBinaryExpression(node), node.getText().slice(0, 80)).toBe(false);
    if (ts.isCallExpression(node)) calls.add(node.expression.getText().replace(/^s\.[\s\S]*/, "s"));
    ts.forEachChild(node, visit);
  };
  for (const { path, content } of sources) visit(ts.createSourceFile(path, content, ts.ScriptTarget.ES2024, true));
  expect([...calls].sort()).toEqual(["bindConsumer", "bindProducer", "bindProjection", "s"]);
});

test("paths are plain, stay below their package, and differ by more than case", () => {
  const paths = hostile.files.map(({ path }) => path);
  for (const path of paths)
    expect(path).toMatch(/^(events|producer|consumer)\/([a-z0-9-]+\/)*[A-Za-z0-9-]+\.(ts|json|md)$/);
  for (const path of paths) expect(path).not.toMatch(/\/(con|prn|aux|nul|com\d|lpt\d)\.ts$/);
  expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
});

test("a hostile title and version stay text in package.json", () => {
  const manifest = hostile.files.find(({ path }) => path === "events/package.json");
  const parsed = JSON.parse(manifest?.content ?? "") as { version: string; scripts: object };
  expect(parsed.version).toBe("0.0.0");
  expect(Object.keys(parsed.scripts)).toEqual(["build", "typecheck"]);
});

test("text of the contract opens and closes no fence in a README", () => {
  for (const { path, content } of hostile.files.filter((file) => file.path.endsWith(".md"))) {
    const fences = content.split("\n").filter((line) => line.startsWith("```"));
    expect(fences, path).toEqual(fences.map((_, index) => (index % 2 === 0 ? "```ts" : "```")));
  }
});

test("a scope that is none is refused", () => {
  for (const scope of ["events", "@", "@Über", '@x", "y": "', "@a/b", "@../x"]) {
    expect(() => filesOf(hostileContract, scope), scope).toThrow(RangeError);
  }
});
