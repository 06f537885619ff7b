import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GeneratedFile, generate, type ImportEnding, importEndings } from "@keyline/codegen";
import { loadContract } from "@keyline/contract";
import { expect, test } from "vitest";
import { compile, layOut } from "./kit/compile.js";

const { contract } = await loadContract(fileURLToPath(new URL("../../../asyncapi.yaml", import.meta.url)));
if (contract === null) throw new Error("the contract has errors");
const single = (imports?: ImportEnding) => generate(contract, { layout: "single", imports }).files;
const packages = generate(contract, { scope: "@students" }).files;

/** Where a source file of the packages lies in one folder; null for what only packages have. */
const inOneFolder = (path: string): string | null => {
  const [, part = "", file = ""] = /^(\w+)\/src\/(.*)$/.exec(path) ?? [];
  return file === "" ? null : file === "index.ts" ? `${part}.ts` : file;
};

const isImport = (line: string) => /^(import|export) .* from ".*";$/.test(line);

/** The text without imports, and what is exported from elsewhere without its place. */
const besideImports = (content: string) =>
  content
    .split("\n")
    .filter((line) => !line.startsWith("import ") && line !== "")
    .map((line) => (isImport(line) ? line.replace(/ from .*$/, "") : line));

test("both layouts have the same files, with the same text but for imports", () => {
  const moved = packages.flatMap(({ path, content }) => {
    const place = inOneFolder(path);
    return place === null ? [] : [[place, besideImports(content)] as const];
  });
  const found = single().map(({ path, content }) => [path, besideImports(content)] as const);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(moved));
  expect(found).toHaveLength(moved.length);
});

const imports = (files: readonly GeneratedFile[]) =>
  files.map(({ path, content }) => `======== ${path}\n${content.split("\n").filter(isImport).join("\n")}\n`).join("\n");

test("one folder's files, and what each imports, are those that were reviewed", async () => {
  await expect(imports(single())).toMatchFileSnapshot("../golden/single.txt");
});

test("imports end as they were asked to", () => {
  for (const ending of ["ts", "none"] as const) {
    const relative = /(?<= from "\.[^"]*)\.js(?=";)/g;
    expect(imports(single(ending))).toBe(imports(single("js")).replaceAll(relative, importEndings[ending]));
  }
});

/** How projects are set up: the flags of each, and the import endings that it takes. */
const projects = {
  "nodenext, ESM": { type: "module", imports: "js", flags: { module: "nodenext" } },
  "node16, ESM": { type: "module", imports: "js", flags: { module: "node16", moduleResolution: "node16" } },
  "nodenext, CommonJS, as a Nest project": {
    type: "commonjs",
    imports: "none",
    flags: { module: "nodenext", verbatimModuleSyntax: false, exactOptionalPropertyTypes: false },
  },
  "nodenext, ESM that Node runs without a build": {
    type: "module",
    imports: "ts",
    flags: { module: "nodenext", allowImportingTsExtensions: true, exactOptionalPropertyTypes: false },
  },
  "bundler, without a type": {
    type: undefined,
    imports: "none",
    flags: { module: "esnext", moduleResolution: "bundler" },
  },
} as const;

test.each(Object.entries(projects))(
  "compiles under %s",
  async (name, { type, imports: ending, flags }) => {
    const sdk = { scope: "src/keyline", files: single(ending) };
    const root = await layOut(`single/${name.replaceAll(/\W+/g, "-")}`, [sdk]);
    await writeFile(join(root, "package.json"), JSON.stringify({ type }));
    const use = await readFile(new URL("../types/single.ts", import.meta.url), "utf8");
    const file = join(root, "src/use.ts");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, use.replaceAll(/(?<="\.\/keyline\/\w+)\.js/g, importEndings[ending]));
    const strict = { noUnusedLocals: true, noUnusedParameters: true, erasableSyntaxOnly: true };
    expect(await compile(root, [sdk], [file], { ...strict, ...flags })).toEqual([]);
  },
  60_000,
);
