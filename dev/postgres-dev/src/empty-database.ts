import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";

/** Where the empty database is kept: beside PGlite, of whose version it is. */
function fileBeside(): string {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  return join(dirname(entry), "..", ".keyline", "empty.tar");
}

/**
 * Opens an empty PostgreSQL in this process, gone when it is closed. To make one takes PostgreSQL seconds, to copy one takes
 * it a fraction of that: the first is kept, and the others are copies. Where nothing can be kept each is made.
 */
export async function emptyDatabase(file = fileBeside()): Promise<PGlite> {
  // Loaded here alone: an app on PostgreSQL does not pay for it.
  const { PGlite: Database } = await import("@electric-sql/pglite");
  const kept = await readFile(file).catch(() => null);
  if (kept) return Database.create({ dataDir: "memory://", loadDataDir: new Blob([kept]) });
  const made = await Database.create("memory://");
  await keep(await made.dumpDataDir("none"), file).catch(() => undefined);
  return made;
}

/** In place in one step: another process may be reading it. */
async function keep(content: Blob, file: string): Promise<void> {
  const own = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(own, Buffer.from(await content.arrayBuffer()));
    await rename(own, file);
  } catch (caught) {
    await rm(own, { force: true });
    throw caught;
  }
}
