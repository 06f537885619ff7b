// Bundles the command from the sources of the workspace's packages, about a fifth of a second. Not published.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const external = [
  "@asyncapi/parser",
  "ajv",
  "ajv-formats",
  "commander",
  "jsonc-parser",
  "kafkajs",
  "pg",
  "@electric-sql/pglite",
  "picocolors",
  "prom-client",
  "refa",
  "scslre",
  "yaml",
  "zod",
];

/** Resolves to the bundle's path. It lies where the command's own dependencies are found. */
export async function bundle(root) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["src/index.ts"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node22.18",
    conditions: ["@keyline/source"],
    external,
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "silent",
  });
  const folder = join(root, "node_modules", ".cache", "keyline");
  const file = join(folder, "index.js");
  const own = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  // In place in one step: another run may be reading it.
  await writeFile(own, outputFiles[0].contents);
  await rename(own, file);
  return file;
}
