import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { run } from "./launch.ts";
import type { Kind } from "./place.ts";
import { programs, root, versions } from "./tools.ts";

/** One place where the service runs: a tool, and the way in which it is used there. */
export interface Cell {
  /** The first two columns of the page. */
  readonly tool: string;
  readonly way: string;
  /** What has to be set for it, in Markdown; null for nothing. */
  readonly setting: string | null;
  /** One cell of each tool runs in `npm test`. */
  readonly isQuick: boolean;
  /** Makes what is run, once for all cells that name the same. */
  readonly prepare?: { readonly name: string; make(place: string): Promise<void> };
  /** The program and its arguments. It prints what was seen, or is a runner of tests. */
  command(place: string): Launch;
}

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** Default the place. */
  readonly folder?: string;
  readonly isTest?: boolean;
}

/** As people have them; all else is as TypeScript has it. */
interface Settings {
  readonly module: string;
  readonly moduleResolution: string;
}

/** The service as compiled by tsc, with the types of all that it imports checked. */
const compiled = (
  kind: Kind,
  settings: Settings,
): Required<Pick<Cell, "prepare">> & { file(place: string): string } => {
  const name = `${kind}-${settings.moduleResolution}`;
  const out = (place: string) => join(place, kind, name);
  return {
    file: (place) => join(out(place), "main.js"),
    prepare: {
      name,
      async make(place) {
        const types = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
        const folders = { rootDir: ".", outDir: name };
        const rest = { target: "es2024", strict: true, rewriteRelativeImportExtensions: true };
        const tsconfig = { compilerOptions: { ...settings, ...rest, ...types, ...folders }, files: ["main.ts"] };
        const file = join(place, kind, `tsconfig.${name}.json`);
        await writeFile(file, JSON.stringify(tsconfig));
        await run(programs.node24, [programs.tsc, "-p", file], { folder: place });
      },
    },
  };
};

const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const asModule = compiled("module", nodenext);
const asCommonJs = compiled("commonjs", nodenext);
const asNode16 = compiled("module", { module: "node16", moduleResolution: "node16" });
const asNode20 = compiled("commonjs", { module: "node20", moduleResolution: "node16" });
const asBundler = compiled("module", { module: "esnext", moduleResolution: "bundler" });

/** `require` in the place of what ES modules have not. esbuild leaves it out, though CommonJS packages need it. */
export const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** The service in one file, in a folder without node_modules. */
const bundled = (name: string, file: string, options: BuildOptions): Pick<Cell, "prepare" | "command"> => ({
  prepare: {
    name,
    async make(place) {
      const outfile = `${place}-bundles/${file}`;
      await mkdir(`${place}-bundles`, { recursive: true });
      const entryPoints = [join(place, "module/main.ts")];
      await build({ entryPoints, outfile, bundle: true, platform: "node", logLevel: "error", ...options });
    },
  },
  command: (place) => ({ program: programs.node24, args: [`${place}-bundles/${file}`], folder: `${place}-bundles` }),
});

/** As Nest's own projects have it. */
const nestTsconfig = {
  ...{ module: "nodenext", moduleResolution: "nodenext", esModuleInterop: true, isolatedModules: true },
  ...{ declaration: true, target: "ES2023", sourceMap: true, skipLibCheck: true, strict: true, types: ["node"] },
};

const jest = (
  name: string,
  program: string,
  flags: readonly string[],
  more: object,
): Pick<Cell, "prepare" | "command"> => ({
  prepare: {
    name,
    async make(place) {
      const config = {
        ...{ rootDir: ".", testEnvironment: "node", moduleFileExtensions: ["js", "json", "ts"] },
        ...{ testRegex: ".*\\.test\\.ts$", transform: { "^.+\\.(t|j)s$": programs.tsJest }, ...more },
      };
      const typeRoots = [join(root, "node_modules/@types")];
      await writeFile(join(place, "commonjs", `${name}.config.json`), JSON.stringify(config));
      const tsconfig = { compilerOptions: { ...nestTsconfig, typeRoots } };
      await writeFile(join(place, "commonjs/tsconfig.json"), JSON.stringify(tsconfig));
    },
  },
  command: (place) => ({
    ...{ program, args: [...flags, programs.jest, "--config", `${name}.config.json`] },
    ...{ folder: join(place, "commonjs"), isTest: true },
  }),
});

const node = (program: string, { prepare, file }: ReturnType<typeof compiled>): Pick<Cell, "prepare" | "command"> => ({
  prepare,
  command: (place) => ({ program, args: [file(place)] }),
});

const denoRights = ["--allow-env", "--allow-net", "--allow-read", "--allow-sys", "--allow-ffi"];

const [node22, node24] = ["Node 22", "Node 24"];
/** The one line for Jest where it cannot `require` ES modules. */
export const jestLine = '"transformIgnorePatterns": ["/node_modules/(?!@keyline/|@student-events/)"]';

/** Every cell, in the order of the page. */
export const cells: readonly Cell[] = [
  {
    ...{ tool: node24, way: "`import`, TypeScript with `module: nodenext`", setting: null, isQuick: true },
    ...node(programs.node24, asModule),
  },
  {
    ...{ tool: node24, way: "`require`, TypeScript with `module: nodenext`", setting: null, isQuick: false },
    ...node(programs.node24, asCommonJs),
  },
  {
    ...{ tool: node22, way: "`import`, TypeScript with `module: nodenext`", setting: null, isQuick: false },
    ...node(programs.node22, asModule),
  },
  {
    ...{ tool: node22, way: "`require`, TypeScript with `module: nodenext`", setting: null, isQuick: true },
    ...node(programs.node22, asCommonJs),
  },
  {
    ...{ tool: node24, way: "`import`, TypeScript with `module: node16`", isQuick: false },
    ...{ setting: "[with `require`, `node20`](#require)", ...node(programs.node24, asNode16) },
  },
  {
    ...{ tool: node24, way: "`require`, TypeScript with `module: node20`", setting: null, isQuick: false },
    ...node(programs.node24, asNode20),
  },
  {
    ...{ tool: node24, way: "`import`, TypeScript with `moduleResolution: bundler`", setting: null, isQuick: false },
    ...node(programs.node24, asBundler),
  },
  {
    ...{ tool: "Vitest", way: "tests in TypeScript", setting: null, isQuick: true },
    command: (place) => ({
      ...{ program: programs.node24, args: [programs.vitest, "run", "--globals", "--root", "."] },
      ...{ folder: join(place, "module"), isTest: true },
    }),
  },
  {
    ...{ tool: "Jest with ts-jest", way: "CommonJS on Node 24, as Nest 12 starts it", isQuick: true },
    setting:
      "`node --experimental-vm-modules node_modules/jest/bin/jest.js`, which Nest 12 writes for its own packages",
    ...jest("as-nest-12", programs.node24, ["--experimental-vm-modules"], {}),
  },
  {
    ...{ tool: "Jest with ts-jest", way: "CommonJS on Node 24, as Nest 11 starts it: `jest`", isQuick: false },
    ...{ setting: "[one line](#jest)", ...jest("with-line-24", programs.node24, [], JSON.parse(`{${jestLine}}`)) },
  },
  {
    ...{ tool: "Jest with ts-jest", way: "CommonJS on Node 22, as Nest 11 starts it: `jest`", isQuick: false },
    ...{ setting: "[one line](#jest)", ...jest("with-line-22", programs.node22, [], JSON.parse(`{${jestLine}}`)) },
  },
  {
    ...{ tool: "esbuild", way: "one file as CommonJS for Node, without `node_modules`", setting: null, isQuick: true },
    ...bundled("esbuild-cjs", "main.cjs", { format: "cjs" }),
  },
  {
    ...{ tool: "esbuild", way: "one file as an ES module for Node, without `node_modules`", isQuick: false },
    ...{ setting: "[a banner](#esbuild)" },
    ...bundled("esbuild-esm", "main.mjs", { format: "esm", banner: { js: requireBanner } }),
  },
  {
    ...{ tool: "Bun", way: "TypeScript as it is", setting: null, isQuick: true },
    command: () => ({ program: programs.bun, args: ["module/main.ts"] }),
  },
  {
    ...{ tool: "Deno", way: "TypeScript as it is, with `node_modules`", isQuick: true },
    setting: `\`${denoRights.join(" ")}\`; the last for Snappy and LZ4`,
    command: () => ({ program: programs.node24, args: [programs.deno, "run", ...denoRights, "module/main.ts"] }),
  },
];

/** The version of each tool that the cells run. */
export const versionsOfTools: Readonly<Record<string, string>> = {
  [node22]: versions.node22,
  [node24]: versions.node24,
  Vitest: versions.vitest,
  "Jest with ts-jest": `${versions.jest} with ${versions.tsJest}`,
  esbuild: versions.esbuild,
  Bun: versions.bun,
  Deno: versions.deno,
};
