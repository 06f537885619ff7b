import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { defineConfig } from "tsup";

/**
 * ESM for Node 22.18 and later, with types.
 * @param {Record<string, string>} entry
 * @param {() => Promise<void>} [more] adds what else the package consists of
 * @param {import("esbuild").Plugin[]} [esbuildPlugins]
 */
export const packageConfig = (entry, more, esbuildPlugins = []) =>
  defineConfig(({ dts }) => ({
    entry,
    format: "esm",
    target: "node22.18",
    platform: "node",
    sourcemap: true,
    clean: true,
    splitting: true,
    esbuildPlugins,
    async onSuccess() {
      if (dts !== false) await writeTypes(Object.values(entry));
      await more?.();
    },
  }));

const compiler = fileURLToPath(new URL("tsc7.js", import.meta.url));

/**
 * As tsconfig.base.json, but what siblings export is read from their types, not from their sources, which would become a
 * part of this package; and nothing is checked, which `npm run typecheck` has done. The maps lead an editor to the sources,
 * which are published too.
 */
const settings = `
  --ignoreConfig --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --noCheck --skipLibCheck --types node
  --target es2024 --module nodenext --rootDir src --outDir dist
  --declaration --declarationMap --emitDeclarationOnly
`;

/** @param {readonly string[]} files */
async function writeTypes(files) {
  const args = [compiler, ...settings.trim().split(/\s+/), ...files];
  await promisify(execFile)(process.execPath, args).catch((caught) => {
    throw new Error(caught.stdout || caught.message);
  });
}
