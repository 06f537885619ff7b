// Bundles the command from the sources of the workspace's packages, about a fifth of a second. Not published.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
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

/** What tests of the tests break, as JSON: the texts to replace in files of the repository. */
const mutant = process.env.KEYLINE_MUTANT;

const replacing = (changes, repository) => ({
  name: "mutant",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const own = changes.filter(({ file }) => file === relative(repository, path));
      if (own.length === 0) return null;
      const text = await readFile(path, "utf8");
      return { loader: "ts", contents: own.reduce((broken, { from, to }) => broken.replace(from, () => to), text) };
    });
  },
});

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
    plugins: mutant ? [replacing(JSON.parse(mutant), join(root, "../.."))] : [],
  });
  const folder = join(root, "node_modules", ".cache", "keyline");
  // What is broken on purpose is read by no other run.
  const file = join(folder, mutant ? `mutant-${process.pid}.js` : "index.js");
  const own = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  // In place in one step: another run may be reading it.
  await writeFile(own, outputFiles[0].contents);
  await rename(own, file);
  return file;
}
