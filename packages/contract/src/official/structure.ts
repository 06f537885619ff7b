import { createRequire } from "node:module";

/** Whether a document keeps to AsyncAPI's own schema. */
export type IsStructured = (document: unknown) => boolean;

/** The versions whose schemas are compiled when this package is built: it takes longer than all else about a small document. */
export const compiledVersions: readonly string[] = ["3.0.0", "3.1.0"];

/** Where such a module lies in the built package. The schema differs where references are followed. */
export const structureFile = (version: string, isResolved: boolean): string =>
  `./structure/${version}-${isResolved ? "resolved" : "written"}.cjs`;

const require = createRequire(import.meta.url);

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";

/** What was compiled for a document's version; null for other versions, and where the sources run unbuilt. */
export const compiledStructure = (version: unknown, isResolved: boolean): IsStructured | null => {
  if (typeof version !== "string" || !compiledVersions.includes(version)) return null;
  try {
    return require(structureFile(version, isResolved)) as IsStructured;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};
