import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

/** The page's files by name, as `bundle.js` makes them. */
export type PageFiles = ReadonlyMap<string, Uint8Array>;

/** A file ready to be served. */
export interface Served {
  readonly type: string;
  readonly tag: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
}

const types = {
  "index.html": "text/html; charset=utf-8",
  "sign-in.html": "text/html; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
} as const;

export type PageFileName = keyof typeof types;

export const pageFileNames = Object.keys(types) as readonly PageFileName[];

/** Reads the page as it was built. */
export async function readPageFiles(folder: URL): Promise<PageFiles> {
  return new Map(
    await Promise.all(pageFileNames.map(async (name) => [name, await readFile(new URL(name, folder))] as const)),
  );
}

/** Throws for a file that is missing. */
export function servedFiles(files: PageFiles): ReadonlyMap<string, Served> {
  return new Map(
    pageFileNames.map((name) => {
      const content = files.get(name);
      if (!content) throw new Error(`the teacher's page has no ${name}: build it with \`npm run build\``);
      const plain = Uint8Array.from(content);
      const tag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
      return [name, { type: types[name], tag, plain, gzipped: Uint8Array.from(gzipSync(plain, { level: 9 })) }];
    }),
  );
}
