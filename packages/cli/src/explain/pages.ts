import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Explained } from "./ids.js";

/** The page of an id: in the built package beside this module, in the repository in a folder above it. Null where it is missing. */
export async function readPage({ id, folder }: Explained): Promise<string | null> {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const page = await readFile(join(at, "docs", folder, `${id}.md`), "utf8").catch(() => null);
    if (page !== null || dirname(at) === at) return page;
  }
}
