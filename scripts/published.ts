// The published packages, and how each is packed as npm would publish it.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What of a package.json is looked at. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly [field: string]: unknown;
}

export interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The folders of what is published. What git ignores stays where a package was moved away. */
export const published: readonly string[] = readdirSync("packages")
  .map((name) => join("packages", name))
  .filter((folder) => existsSync(join(folder, "package.json")) && manifestOf(folder).private !== true);

async function pack(folder: string, target: string): Promise<Packed> {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", target], { cwd: folder });
  const [packed] = JSON.parse(stdout) as Packed[];
  if (!packed) throw new Error(`npm pack of ${manifestOf(folder).name} gave nothing`);
  return packed;
}

/**
 * Packs everything that is published into a folder, two at a time, with an `index.json` that says which tarball is which
 * package's. Tarballs that lie there are written over. `done` is told of each.
 */
export async function packAll(target: string, done: (packed: Packed) => Promise<void>): Promise<void> {
  mkdirSync(target, { recursive: true });
  const waiting = [...published];
  const tarballs = new Map<string, string>();
  const work = async () => {
    for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
      const packed = await pack(folder, target);
      tarballs.set(packed.name, join(target, packed.filename));
      await done(packed);
    }
  };
  await Promise.all([work(), work()]);
  writeFileSync(join(target, "index.json"), JSON.stringify(Object.fromEntries(tarballs), null, 2));
}
