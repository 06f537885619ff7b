import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository, run } from "./run.ts";

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly keyline?: object;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Keyline's published packages: folder by name. */
export function publishedPackages(): ReadonlyMap<string, string> {
  const folders = readdirSync(join(repository, "packages")).map((name) => join(repository, "packages", name));
  const own = folders.filter((folder) => existsSync(join(folder, "package.json")));
  const published = own.filter((folder) => {
    const { name, private: isPrivate } = manifestIn(folder);
    return isPrivate !== true && name.startsWith("@keyline/");
  });
  return new Map(published.map((folder) => [manifestIn(folder).name, folder]));
}

/** The published packages as npm would publish them, file by name: those that `npm test` has packed, else packed now as built. */
export async function tarballs(into: string): Promise<ReadonlyMap<string, string>> {
  const given = process.env.KEYLINE_TARBALLS;
  const published = publishedPackages();
  if (given !== undefined) {
    const all = JSON.parse(readFileSync(join(given, "index.json"), "utf8")) as Record<string, string>;
    return new Map(Object.entries(all).filter(([name]) => published.has(name)));
  }
  mkdirSync(into, { recursive: true });
  const packed = new Map<string, string>();
  for (const [name, folder] of published) {
    const out = await run(folder, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", into);
    const [one] = JSON.parse(out) as readonly { readonly filename: string }[];
    if (one) packed.set(name, join(into, one.filename));
  }
  return packed;
}
