import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import addFormatsModule from "ajv-formats";
import { transform } from "esbuild";
import { compiledVersions, structureFile } from "../src/official/structure.js";

const require = createRequire(import.meta.url);
const parser = createRequire(require.resolve("@asyncapi/parser"));
const spectral = createRequire(parser.resolve("@stoplight/spectral-functions"));

/** What the official parser compiles for each process: these are its own schemas, with its own changes. */
const schemaOf = (version: string, isResolved: boolean): object => {
  const { getSchema } = parser("./ruleset/functions/documentStructure.js");
  const { AsyncAPIFormats } = parser("./ruleset/formats.js");
  return getSchema(new Set([AsyncAPIFormats.get(version)]), isResolved);
};

/** The code of a CommonJS module that exports whether a document keeps to AsyncAPI's schema of a version. */
export function structureCode(version: string, isResolved: boolean): string {
  // As Spectral sets ajv up, but for the first error alone and without its text.
  const ajv = new Ajv({ strict: false, messages: false, logger: false, unicodeRegExp: false, code: { source: true } });
  addFormatsModule.default(ajv);
  ajv.addMetaSchema(spectral("./schema/draft4.json"));
  return standalone.default(ajv, ajv.compile(schemaOf(version, isResolved)));
}

/** Writes the modules below the folder of the built package. */
export async function buildStructures(dist: URL): Promise<void> {
  await mkdir(new URL("structure/", dist), { recursive: true });
  for (const version of compiledVersions) {
    for (const isResolved of [true, false]) {
      const { code } = await transform(structureCode(version, isResolved), { minify: true });
      await writeFile(new URL(structureFile(version, isResolved), dist), code);
    }
  }
}
