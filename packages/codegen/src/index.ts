export type { DocsPage } from "./docs/context.js";
export { type Docs, type DocsOptions, docsFiles, generateDocs, isDocsFile } from "./docs/generate-docs.js";
export { type ImportEnding, importEndings, isScope, type LayoutName } from "./emit/layout.js";
export { runtimeDependency } from "./emit/manifest.js";
export { filesForTemplate } from "./files-for-template.js";
export {
  type GenerateOptions,
  type GenerateResult,
  generate,
  type PackagesOptions,
  type SingleOptions,
} from "./generate.js";
export { type FileResult, type GenerateFromFileOptions, generateFromFile, scopeOf } from "./generate-from-file.js";
export type { GeneratedFile, GeneratedFiles } from "./generated-file.js";
export { type DescribedMessage, type DescribedTopic, describeTopics } from "./model/described.js";
export { removedFunctions } from "./output/functions.js";
export {
  compareOutput,
  type OutputDifference,
  type PrepareOptions,
  prepareOutput,
  removeStale,
  writeOutput,
} from "./output/output.js";
export { openPlainFiles, type PlainFiles } from "./output/plain-files.js";
