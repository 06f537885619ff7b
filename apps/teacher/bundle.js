// Makes the page's files from their sources: for a build when run, for the demo, which needs no build, when imported.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("./", import.meta.url);
const copied = ["index.html", "sign-in.html", "icon.svg"];

export async function bundlePage() {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: { page: "page/main.tsx", styles: "page/page.css" },
    outdir: "dist/page",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    tsconfigRaw: {},
    write: false,
    logLevel: "warning",
  });
  const built = outputFiles.map(({ path, contents }) => [path.endsWith(".css") ? "page.css" : "page.js", contents]);
  const asTheyAre = copied.map(async (name) => [name, await readFile(new URL(`page/${name}`, root))]);
  return new Map([...built, ...(await Promise.all(asTheyAre))]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = new URL("dist/page/", root);
  await mkdir(folder, { recursive: true });
  for (const [name, contents] of await bundlePage()) await writeFile(new URL(name, folder), contents);
}
