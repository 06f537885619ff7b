import { basename, join, resolve } from "node:path";
import {
  docsFiles,
  type GeneratedFile,
  generateDocs,
  isDocsFile,
  openPlainFiles,
  type PlainFiles,
  scopeOf,
} from "@keyline/codegen";
import { command } from "../command/command.js";
import { option } from "../command/parameters.js";
import { folderOption, strictFlag } from "../command/shared.js";
import { scope } from "../command/values.js";
import { codePlace } from "../generate/place.js";
import { diagnosticsText, isUnreadable } from "../report/diagnostics.js";

/** Writes the pages of a contract, and removes those of topics and messages that are gone. */
export const docs = command({
  name: "docs",
  summary: "write Markdown pages for every topic and message",
  needs: { contract: "argument" },
  parameters: {
    out: folderOption("the folder of the pages", "docs/contract"),
    strict: strictFlag,
    scope: option("--scope <@name>", "the npm scope that the snippets import from (default: as generate)", scope),
  },
  exits: { clean: "written", problems: "the contract has errors" },
  async run({ out, scope, strict }, { file, readFile, load, io, project }) {
    const { contract, diagnostics } = await load({ strict });
    if (diagnostics.length > 0) io.log(`${await diagnosticsText(diagnostics, readFile, io)}\n`);
    if (isUnreadable(file, diagnostics)) return { exit: "couldNotRun" };
    if (contract === null) {
      io.log(`nothing was written: ${file} has errors\n`);
      return { exit: "problems" };
    }
    const place = codePlace({ scope, layout: scope === undefined ? undefined : "packages" }, file, project);
    const from =
      place.layout === "single"
        ? { folder: basename(place.out), imports: place.imports }
        : { scope: place.scope ?? scopeOf(contract.title) };
    const files = docsFiles(generateDocs(contract, from));
    const removed = writePages(resolve(io.cwd, out), files);
    const gone = removed === 0 ? "" : `, ${removed} removed`;
    return { exit: "clean", text: `${join(out, "README.md")}: ${files.length} files for ${file}${gone}\n` };
  },
});

/** Writes pages. Returns how many were removed. Throws, and changes nothing, where a link is in the way. */
function writePages(folder: string, files: readonly GeneratedFile[]): number {
  const present = openPlainFiles(folder);
  present.refuseLinks(files.map(({ path }) => path));
  const stale = stalePages(present, files);
  for (const path of stale) present.remove(path);
  for (const { path, content } of files) present.write(path, content);
  return stale.length;
}

/** Pages and schemas that an earlier run wrote and this one does not. */
function stalePages(present: PlainFiles, files: readonly GeneratedFile[]): readonly string[] {
  const known = new Set(files.map(({ path }) => path));
  const parts = ["topics", "messages", "schemas"];
  const found = parts.flatMap((part) => present.list(part, { recursive: false }));
  const unknown = found.filter((path) => !known.has(path) && /\.(md|schema\.json)$/.test(path));
  return unknown.filter((path) => isDocsFile(present.read(path) ?? ""));
}
