import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { docsFiles, docsMark, type GeneratedFile, generateDocs, scopeOf } from "@keyline/codegen";
import { loadContract } from "@keyline/contract";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { inDirectory } from "../paths.js";
import { diagnosticsText } from "../report/diagnostics.js";
import { isUnreadable } from "./check.js";

/** How `keyline docs` was called. */
export interface DocsCommandOptions {
  readonly contract: string;
  readonly out: string;
  readonly scope: string | undefined;
}

/** Writes the pages of a contract, and removes those of topics and messages that are gone. */
export async function docs({ contract: file, out, scope }: DocsCommandOptions, io: Io): Promise<number> {
  const { contract, diagnostics } = await loadContract(file, inDirectory(io.cwd));
  if (diagnostics.length > 0) io.log(`${await diagnosticsText(diagnostics, io)}\n`);
  if (isUnreadable(file, diagnostics)) return exitCodes.couldNotRun;
  if (contract === null) {
    io.log(`nothing was written: ${file} has errors\n`);
    return exitCodes.findings;
  }
  const folder = resolve(io.cwd, out);
  const files = docsFiles(generateDocs(contract, { scope: scope ?? scopeOf(contract.title) }));
  const stale = await stalePages(folder, files);
  for (const path of stale) await rm(join(folder, path), { force: true });
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const removed = stale.length === 0 ? "" : `, ${stale.length} removed`;
  io.out(`${join(out, "README.md")}: ${files.length} files for ${file}${removed}\n`);
  return exitCodes.clean;
}

/** Pages that an earlier run wrote and this one does not, with the schemas that belong to them. */
async function stalePages(folder: string, files: readonly GeneratedFile[]): Promise<readonly string[]> {
  const known = new Set(files.map(({ path }) => path));
  const stale: string[] = [];
  for (const part of ["topics", "messages"]) {
    const names = await readdir(join(folder, part)).catch(() => []);
    for (const path of names.map((name) => `${part}/${name}`)) {
      if (known.has(path) || !path.endsWith(".md")) continue;
      const text = await readFile(join(folder, path), "utf8");
      if (text.trimEnd().endsWith(docsMark)) stale.push(path);
    }
  }
  const schemas = stale
    .filter((path) => path.startsWith("messages/"))
    .map((path) => path.replace(/^messages\/(.*)\.md$/, "schemas/$1.schema.json"));
  return [...stale, ...schemas.filter((path) => !known.has(path))];
}
