// Runs one of this app's commands from its sources, right after an install: bundles them with those of the workspace's
// packages (about a fifth of a second), so that no build has to come first. Prints nothing of its own on stdout.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = new URL("../", import.meta.url);
const [command, ...args] = process.argv.slice(2);

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: [`src/${command}.ts`],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node22.18",
    conditions: ["@keyline/source"],
    external: ["@electric-sql/pglite", "pg", "zod"],
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "warning",
  });
  // In place in one step: another run may be reading it.
  const file = fileURLToPath(new URL(`dist/${command}.js`, root));
  await mkdir(new URL("dist/", root), { recursive: true });
  await writeFile(`${file}.${process.pid}`, outputFiles[0].contents);
  await rename(`${file}.${process.pid}`, file);
  return file;
}

process.setSourceMapsEnabled(true);
const { main } = await import(pathToFileURL(await bundle()).href);
const exitCode = await main(args);
// Whatever a command that failed left open does not keep the process; what it wrote is written first.
process.stdout.write("", () => process.exit(exitCode));
