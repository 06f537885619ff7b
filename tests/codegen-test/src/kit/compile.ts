import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GeneratedFile } from "@keyline/codegen";

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

/** Compiler options as a tsconfig.json has them. */
type Options = Readonly<Record<string, unknown>>;

/** The options under which laid out packages are compiled, by the strictest flags. */
export function optionsFor(root: string, packages: readonly Generated[]): Options {
  const paths = packages.flatMap(({ scope }) =>
    ["events", "producer", "consumer"].map((part) => [`${scope}/${part}`, [join(root, scope, part, "src/index.ts")]]),
  );
  return {
    target: "es2024",
    lib: ["es2024"],
    module: "nodenext",
    moduleResolution: "nodenext",
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
 * ones. Resolves to the errors of those files and of the compilation as a whole, as `file:line: message`: the runtime's sources
 * are checked where they lie. The native compiler does it, several times as fast as TypeScript 6.
 */
export async function compile(
  root: string,
  packages: readonly Generated[],
  more: readonly string[] = [],
  flags: Options = {},
): Promise<readonly string[]> {
  const sources = packages.flatMap(({ scope, files }) =>
    files.filter(({ path }) => path.endsWith(".ts")).map(({ path }) => join(root, scope, path)),
  );
  const compilerOptions = { ...optionsFor(root, packages), ...flags };
  await writeFile(join(root, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [...sources, ...more] }));
  const { stdout, stderr } = await runCompiler(root);
  if (stderr !== "") throw new Error(stderr);
  return errorsIn(stdout).filter((error) => !error.startsWith("../"));
}

const compiler = fileURLToPath(new URL("../../../../node_modules/.bin/tsc7", import.meta.url));

/** Resolves to what it prints, whether it finds errors or none. */
function runCompiler(cwd: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const args = ["--project", ".", "--pretty", "false"];
  return new Promise((resolve) => {
    execFile(compiler, args, { cwd, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

/** Each error on one line: what the compiler prints below its first line is a part of it. */
const errorsIn = (printed: string): readonly string[] =>
  printed
    .replaceAll(/\n +/g, " ")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^(.*?)\((\d+),\d+\): error TS\d+: /, "$1:$2: "));
