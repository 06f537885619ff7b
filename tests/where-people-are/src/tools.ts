import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));
const versionOf = (name: string): string => (require(`${name}/package.json`) as { readonly version: string }).version;

/** The repository's own packages: what a tool needs beside itself. */
export const root = join(import.meta.dirname, "../../..");

/** This package depends on Node 22, the repository on Node 24. */
const node22 = join(import.meta.dirname, "../node_modules/node/bin/node");

/** Where a tool's program lies. A tool that is not installed is told when its cell runs. */
export const programs = {
  node22,
  node24: process.execPath,
  bun: join(folderOf("bun"), "bin/bun.exe"),
  deno: join(folderOf("deno"), "bin.cjs"),
  jest: join(folderOf("jest"), "bin/jest.js"),
  tsJest: folderOf("ts-jest"),
  vitest: join(root, "node_modules/vitest/vitest.mjs"),
  tsc: join(root, "dev/tsup-config/tsc7.js"),
} as const;

/** The versions that the page names. */
export const versions = {
  node22: versionOf("../node_modules/node"),
  node24: versionOf(join(root, "node_modules/node")),
  bun: versionOf("bun"),
  deno: versionOf("deno"),
  esbuild: versionOf("esbuild"),
  jest: versionOf("jest"),
  tsJest: versionOf("ts-jest"),
  vitest: versionOf("vitest"),
} as const;
