// Packs packages as npm would publish them, from an earlier commit or from the working tree, and installs them side by side:
// so the code of before runs beside the code of now, each as its users have it.
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { commitBefore, repository } from "./commit.ts";
import { type Tree, treeOf, workingTree } from "./tree.ts";

const run = promisify(execFile);

/** What is run of each version; what they depend on comes with them. */
const roots = ["@keyline/postgres", "@keyline/kafkajs", "@student-events/producer", "@student-events/consumer"];

/** Inside of the repository: what comes from npm is found in its node_modules. */
const cache = join(repository, ".keyline/packed");

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/**
 * The packages of before, built, packed and unpacked once a checkout. Resolves to the folder whose `node_modules` has them.
 * Throws where the checkout does not have the commit.
 */
export const packBefore = (): Promise<string> => pack(treeOf(commitBefore));

/** The same of the working tree; built again after each change of a source. */
export const packNow = (): Promise<string> => pack(workingTree());

async function pack(tree: Tree): Promise<string> {
  const folder = join(cache, tree.name);
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  const sources = join(making, "sources");
  mkdirSync(sources, { recursive: true });
  try {
    tree.copyTo(sources);
    const folders = packageFolders(sources);
    linkWorkspace(sources, folders);
    await Promise.all(closureOf(folders).map((one) => install(one, making)));
    rmSync(sources, { recursive: true });
    // In place in one step: another process may be making the same.
    if (!existsSync(folder)) renameSync(making, folder);
    removeOthers(tree.name);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/** Builds of working trees that are no longer there. */
function removeOthers(kept: string) {
  const others = readdirSync(cache).filter((name) => /^now-[0-9a-f]+$/.test(name) && name !== kept);
  if (kept.startsWith("now-")) for (const name of others) rmSync(join(cache, name), { recursive: true, force: true });
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The tree's packages, by name. */
function packageFolders(sources: string): ReadonlyMap<string, string> {
  const parents = ["packages", "dev"].map((name) => join(sources, name)).filter((one) => existsSync(one));
  const folders = parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)));
  return new Map(
    folders.filter((one) => existsSync(join(one, "package.json"))).map((one) => [manifestOf(one).name, one]),
  );
}

/** Makes the tree's packages find each other, and not those of the working tree. */
function linkWorkspace(sources: string, folders: ReadonlyMap<string, string>) {
  for (const [name, folder] of folders) {
    const link = join(sources, "node_modules", name);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(folder, link);
  }
}

/** The folders of the roots and of all that they depend on in the tree. */
function closureOf(folders: ReadonlyMap<string, string>): readonly string[] {
  const found = new Set<string>();
  const add = (name: string) => {
    const folder = folders.get(name);
    if (!folder || found.has(folder)) return;
    found.add(folder);
    for (const dependency of Object.keys(manifestOf(folder).dependencies ?? {})) add(dependency);
  };
  for (const root of roots) {
    if (!folders.has(root)) throw new Error(`there is no package ${root}: name in pack.ts what takes its place`);
    add(root);
  }
  return [...found];
}

/** Builds one package without its types, packs it, and unpacks the tarball where the version's programs find it. */
async function install(folder: string, into: string): Promise<void> {
  await build(folder);
  const tarballs = join(into, "tarballs");
  mkdirSync(tarballs, { recursive: true });
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", tarballs];
  const [packed] = JSON.parse((await run("npm", args, { cwd: folder })).stdout) as { readonly filename: string }[];
  if (!packed) throw new Error(`npm pack in ${folder} made nothing`);
  const { name } = manifestOf(folder);
  const target = join(into, "node_modules", name);
  mkdirSync(target, { recursive: true });
  await run("tar", ["-xzf", join(tarballs, packed.filename), "--strip-components=1", "-C", target]);
  hideSources(target);
}

async function build(folder: string): Promise<void> {
  const program = (name: string) => join(repository, "node_modules/.bin", name);
  if (existsSync(join(folder, "tsup.config.ts"))) await run(program("tsup"), ["--no-dts", "--silent"], { cwd: folder });
  else
    await run(
      program("tsc"),
      ["-p", "tsconfig.json", "--noCheck", "--declaration", "false", "--isolatedDeclarations", "false"],
      { cwd: folder },
    );
}

/** Vitest sets the condition by which packages of the workspace are tested from their sources: these are tested as built. */
function hideSources(folder: string) {
  const manifest = manifestOf(folder);
  const exports = Object.fromEntries(
    Object.entries(manifest.exports ?? {}).map(([name, target]) => {
      if (typeof target !== "object" || target === null) return [name, target];
      return [
        name,
        Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== "@keyline/source")),
      ];
    }),
  );
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`);
}
