import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImportEnding } from "@keyline/codegen";
import type { PackageJson } from "./package-json.js";

/** Options of tsconfig.json by which sources import each other with the ending `.ts`. */
const withTs = /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/;

/** A text without JSON's comments; what looks like one in a string goes, too, which no option's name does. */
const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");

/** The tsconfig.json of a folder, or of the nearest above it that has one. */
async function nearestTsconfig(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    const text = await readFile(join(at, "tsconfig.json"), "utf8").catch(() => null);
    if (text !== null || dirname(at) === at) return text;
  }
}

/** `npm init` writes this type, with which Node refuses the generated imports. */
const runnable = (type: PackageJson["type"]) =>
  type === "commonjs" ? ', once package.json says "type": "module": npm pkg set type=module' : "";

/** How the sources of a project import each other, and by what that was seen. */
export interface SeenImports {
  readonly imports: ImportEnding;
  readonly because: string;
}

/** How files in a project have to import each other, as far as package.json and tsconfig.json tell. */
export async function seenImports(folder: string, type: PackageJson["type"]): Promise<SeenImports> {
  const tsconfig = await nearestTsconfig(folder);
  if (tsconfig === null) return { imports: "ts", because: `no tsconfig.json: Node runs the sources${runnable(type)}` };
  const [, option] = withTs.exec(withoutComments(tsconfig)) ?? [];
  if (option !== undefined) return { imports: "ts", because: `tsconfig.json has ${option}` };
  return type === "module"
    ? { imports: "js", because: 'package.json has "type": "module"' }
    : { imports: "none", because: "package.json says CommonJS" };
}
