import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A package that comes inside this one, with all that it loads. */
interface Official {
  /** The file that it becomes, from `dist`. */
  readonly file: string;
  /** What we use of it. */
  readonly exports: readonly string[];
}

/** docs/adr/0019 says why they are not dependencies. */
export const official: Readonly<Record<string, Official>> = {
  "@asyncapi/parser": { file: "./official/parser.cjs", exports: ["Parser"] },
  "@asyncapi/converter": { file: "./official/converter.cjs", exports: ["convert"] },
};

/** A plugin of esbuild by which the built sources import those files. */
export const officialFiles: import("esbuild").Plugin = {
  name: "official",
  setup(builder) {
    builder.onResolve({ filter: /^@asyncapi\// }, ({ path }) => {
      const found = official[path];
      return found ? { path: found.file, external: true } : null;
    });
  },
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bundles what we use of an installed package into one CommonJS file. Resolves to the paths of what went into it. */
export async function bundlePackage(
  name: string,
  exports: readonly string[],
  outfile: string,
): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: `export { ${exports.join(", ")} } from ${JSON.stringify(name)}`, resolveDir: root },
    outfile,
    bundle: true,
    metafile: true,
    platform: "node",
    target: "node22.18",
    format: "cjs",
    // Identifiers stay: Spectral tells errors by the names of their classes.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    alias: {
      // Its main file loads the others by a `require` that no bundler can follow.
      "jsonc-parser": "jsonc-parser/lib/esm/main.js",
      // The package, as where each dependency is installed: Node warns of its own module of this name.
      punycode: "punycode/punycode.js",
    },
    logLevel: "error",
  });
  return Object.keys(metafile.inputs)
    .filter((path) => path !== "<stdin>")
    .map((path) => join(root, path));
}

/** What a package says of itself. */
interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** The folder and the manifest of the package that a file belongs to. */
async function packageOf(file: string): Promise<{ readonly folder: string; readonly manifest: Manifest }> {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => null);
    const manifest: Manifest = text === null ? {} : JSON.parse(text);
    // Folders of ES modules have a package.json that says no more than that.
    if (manifest.name !== undefined && manifest.version !== undefined) return { folder, manifest };
  }
  throw new Error(`${file} belongs to no package`);
}

async function licenceOf({ folder, manifest }: Awaited<ReturnType<typeof packageOf>>): Promise<string> {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  if (files.length === 0 && manifest.license === undefined)
    throw new Error(`${manifest.name} has neither a licence nor the name of one: it cannot be part of this package`);
  const name = `${manifest.name} ${manifest.version}: ${manifest.license ?? "see below"}`;
  const title = `${name}\n${"-".repeat(name.length)}`;
  return [title, ...texts.map((text) => text.trim().replaceAll("\r\n", "\n"))].join("\n\n");
}

/** The licences of all packages that files belong to, each named with its version. */
export async function licencesOf(files: readonly string[]): Promise<string> {
  const found = await Promise.all(files.map(packageOf));
  const byFolder = new Map(found.map((one) => [one.folder, one]));
  // A package may lie in two folders with one version.
  const texts = new Set(await Promise.all([...byFolder.values()].map(licenceOf)));
  const head = "What the files of this folder consist of, and the licence of each part.";
  return `${[head, ...[...texts].sort()].join("\n\n\n")}\n`;
}

/** Writes the files, and the licences of what they consist of, below the folder of the built package. */
export async function buildOfficial(dist: URL): Promise<void> {
  const folder = fileURLToPath(dist);
  await mkdir(join(folder, "official"), { recursive: true });
  const inputs = await Promise.all(
    Object.entries(official).map(([name, one]) => bundlePackage(name, one.exports, join(folder, one.file))),
  );
  await writeFile(join(folder, "official/LICENSES.txt"), await licencesOf(inputs.flat()));
}
