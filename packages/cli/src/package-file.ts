import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file that comes with this package: from a folder above this module, the nearest first. Null where it is missing. */
export async function readPackageFile(path: string): Promise<string | null> {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const text = await readFile(join(at, path), "utf8").catch(() => null);
    if (text !== null || dirname(at) === at) return text;
  }
}
