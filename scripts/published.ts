// The published packages, and how they are packed as npm would publish them.
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

/**
 * Packs everything that is published into a folder, with an `index.json` that says which tarball is which package's. Tarballs
 * that lie there are written over. Resolves to what was packed.
 */
export async function packAll(target: string): Promise<readonly Packed[]> {
  mkdirSync(target, { recursive: true });
  const workspaces = published.flatMap((folder) => ["--workspace", folder]);
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", target, ...workspaces], {
    maxBuffer: 2 ** 26,
  });
  const packed = JSON.parse(stdout) as Packed[];
  if (packed.length !== published.length) throw new Error(`npm pack gave ${packed.length} of ${published.length}`);
  const tarballs = packed.map(({ name, filename }) => [name, join(target, filename)]);
  writeFileSync(join(target, "index.json"), JSON.stringify(Object.fromEntries(tarballs), null, 2));
  return packed;
}
