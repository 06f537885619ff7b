import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { LoadOptions } from "@keyline/contract";

/** Reads files by paths that start from `cwd`, while diagnostics name them as they were given. */
export const inDirectory = (cwd: string): LoadOptions => ({
  readFile: async (path) => new TextDecoder("utf-8", { fatal: true }).decode(await readFile(resolve(cwd, path))),
});
