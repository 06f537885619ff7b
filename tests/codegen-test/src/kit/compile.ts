import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GeneratedFile } from "@keyline/codegen";
import ts from "typescript";

/** Where generated code is put to be compiled: a place from which the runtime is found, and that git does not see. */
const workFolder = fileURLToPath(new URL("../../.keyline/", import.meta.url));

/** Generated packages under one scope. */
export interface Generated {
  readonly scope: string;
  readonly files: readonly GeneratedFile[];
}

/** Writes generated packages into a fresh folder. Resolves to its path. */
export async function layOut(folder: string, packages: readonly Generated[]): Promise<string> {
  const root = join(workFolder, folder);
  await rm(root, { recursive: true, force: true });
  for (const { scope, files } of packages) {
    for (const { path, content } of files) {
      const file = join(root, scope, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
  return root;
}

/** The options under which laid out packages are compiled, by the strictest flags. */
export function optionsFor(root: string, packages: readonly Generated[]): ts.CompilerOptions {
  const paths = packages.flatMap(({ scope }) =>
    ["events", "producer", "consumer"].map((part) => [`${scope}/${part}`, [join(root, scope, part, "src/index.ts")]]),
  );
  return {
    target: ts.ScriptTarget.ES2024,
    lib: ["lib.es2024.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ["@keyline/source"],
    paths: Object.fromEntries(paths),
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: true,
    noEmit: true,
  };
}

/**
 * Compiles all sources of laid out packages in one program, and more files beside them; `flags` come on top of the strictest
 * ones. Returns errors as `file: message`.
 */
export function compile(
  root: string,
  packages: readonly Generated[],
  more: readonly string[] = [],
  flags: ts.CompilerOptions = {},
): readonly string[] {
  const sources = packages.flatMap(({ scope, files }) =>
    files.filter(({ path }) => path.endsWith(".ts")).map(({ path }) => join(root, scope, path)),
  );
  const program = ts.createProgram([...sources, ...more], { ...optionsFor(root, packages), ...flags });
  return diagnosticsBelow(root, program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, " ");
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName.replace(root, "") ?? ""}:${line}: ${text}`;
  });
}

/** Errors of the compilation as a whole and of the files below a folder: the runtime's sources are checked where they lie. */
function diagnosticsBelow(root: string, program: ts.Program): readonly ts.Diagnostic[] {
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(root));
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
    ...(program.getCompilerOptions().declaration ? own.flatMap((file) => program.getDeclarationDiagnostics(file)) : []),
  ];
}
