import { readFileSync } from "node:fs";
import ts from "typescript";
import { type Generated, optionsFor } from "./compile.js";

/** What an editor shows at a place in a file. */
export interface Editor {
  /** The signature and the documentation that hovering over the last letter of a text shows. */
  hover(text: string): { readonly signature: string; readonly documentation: string };
  /** What is offered behind a text: by name, its signature and documentation. */
  complete(text: string, name: string): { readonly signature: string; readonly documentation: string } | null;
  /** The call's signature behind a text, as an editor shows it while arguments are typed. */
  signature(text: string): string;
}

const shown = (parts: readonly ts.SymbolDisplayPart[] | undefined) => ts.displayPartsToString([...(parts ?? [])]);

/** Opens a file beside laid out packages in TypeScript's language service, as an editor does. */
export function openEditor(root: string, packages: readonly Generated[], file: string): Editor {
  const text = readFileSync(file, "utf8");
  const { options } = ts.convertCompilerOptionsFromJson(optionsFor(root, packages), root);
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) =>
      ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name) ?? "") : undefined,
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
  const behind = (wanted: string) => {
    const at = text.indexOf(wanted);
    if (at < 0) throw new Error(`the file lacks ${wanted}`);
    return at + wanted.length;
  };
  return {
    hover: (wanted) => {
      const info = service.getQuickInfoAtPosition(file, behind(wanted) - 1);
      return { signature: shown(info?.displayParts), documentation: shown(info?.documentation) };
    },
    complete: (wanted, name) => {
      const at = behind(wanted);
      const offered = service.getCompletionsAtPosition(file, at, {})?.entries ?? [];
      if (!offered.some((entry) => entry.name === name)) return null;
      const details = service.getCompletionEntryDetails(file, at, name, {}, undefined, {}, undefined);
      return { signature: shown(details?.displayParts), documentation: shown(details?.documentation) };
    },
    signature: (wanted) => {
      const [item] = service.getSignatureHelpItems(file, behind(wanted), {})?.items ?? [];
      const parameters = item?.parameters.map(({ displayParts }) => shown(displayParts)) ?? [];
      return `${shown(item?.prefixDisplayParts)}${parameters.join(", ")}${shown(item?.suffixDisplayParts)}`;
    },
  };
}
