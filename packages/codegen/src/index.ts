export type { DocsPage } from "./docs/context.js";
export { type Docs, type DocsOptions, docsFiles, generateDocs, isDocsFile } from "./docs/generate-docs.js";
export { filesForTemplate } from "./files-for-template.js";
export { type GenerateOptions, type GenerateResult, generate, isScope } from "./generate.js";
export { type FileResult, type GenerateFromFileOptions, generateFromFile, scopeOf } from "./generate-from-file.js";
export type { GeneratedFile } from "./generated-file.js";
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
